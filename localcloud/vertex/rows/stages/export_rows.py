"""
The last part of a job: what was answered, from disk to storage.
"""

from pathlib import Path

from localcloud.vertex.rows.failures import (
    failed_export,
    not_permitted,
    unknown_bucket,
)
from localcloud.vertex.rows.gcs.storage_http import (
    DeniedError,
    MissingError,
    StorageError,
    StorageHttp,
)
from localcloud.vertex.rows.gcs.uris import parse_uri
from localcloud.vertex.rows.orders import Order
from localcloud.vertex.rows.spool import Spool
from localcloud.vertex.rows.stages.run_rows import OUTPUT_SPOOL


def export_rows(order: Order, folder: Path, storage: StorageHttp) -> None:
    """
    Write the first rows of the output as one object, or raise a JobFailure.
    """
    target = parse_uri(order.output_uri)
    if target is None:
        raise failed_export()
    spool = Spool(folder, OUTPUT_SPOOL)
    size = spool.end(order.rows)
    try:
        storage.write(target.bucket, target.name, lambda: spool.chunks(size), size)
    except DeniedError as error:
        raise not_permitted(
            order.project, "storage.objects.create", "write", order.output_uri
        ) from error
    except MissingError as error:
        raise unknown_bucket(target.bucket) from error
    except StorageError as error:
        raise failed_export() from error
