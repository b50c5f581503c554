"""
The last part of a job: what was answered, from disk to storage.
"""

from collections.abc import Iterator
from pathlib import Path

from localcloud.vertex.knobs import Knobs
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
from localcloud.vertex.rows.gcs.uris import ObjectName, parse_uri
from localcloud.vertex.rows.orders import Order
from localcloud.vertex.rows.spool import Spool
from localcloud.vertex.rows.stages.run_rows import OUTPUT_SPOOL


def export_rows(
    order: Order, folder: Path, storage: StorageHttp, knobs: Knobs
) -> Iterator[None]:
    """
    Write the rows that are ordered, as one object or more, or raise a JobFailure.

    Yields before each object, so that other jobs have their turn.
    """
    target = parse_uri(order.output_uri)
    if target is None:
        raise failed_export()
    spool = Spool(folder, OUTPUT_SPOOL)
    for name, first, last in _files(order, target.name, knobs):
        yield
        _write(order, ObjectName(target.bucket, name), storage, spool, first, last)


def _files(order: Order, name: str, knobs: Knobs) -> Iterator[tuple[str, int, int]]:
    """
    The name of each object, and the first and last of its rows.
    """
    most = knobs.rows_per_output_file
    if order.work == "part" or not 0 < most < order.rows:
        yield name, order.first, order.rows
        return
    stem, dot, suffix = name.rpartition(".")
    for number, first in enumerate(range(0, order.rows, most), 1):
        yield f"{stem}_{number:04d}{dot}{suffix}", first, min(first + most, order.rows)


def _write(
    order: Order,
    target: ObjectName,
    storage: StorageHttp,
    spool: Spool,
    first: int,
    last: int,
) -> None:
    start, end = spool.end(first), spool.end(last)
    try:
        storage.write(
            target.bucket,
            target.name,
            lambda: spool.chunks(start, end),
            end - start,
            # One that was begun again must not be announced a second time.
            once=order.work == "part",
        )
    except DeniedError as error:
        raise not_permitted(
            order.project, "storage.objects.create", "write", target.uri
        ) from error
    except MissingError as error:
        raise unknown_bucket(target.bucket) from error
    except StorageError as error:
        raise failed_export() from error
