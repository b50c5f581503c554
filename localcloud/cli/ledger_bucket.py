"""
The bucket that holds a deployment's ledger, as a user names it, looked at before
anything is changed in it.
"""

import argparse
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.cloud.storage import Client

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_PATIENCE_SECONDS = 20.0
# Of one call; the client repeats it while there is patience left.
_CALL_SECONDS = 5.0


class LedgerBucketError(RuntimeError):
    """
    Nothing can be done in the bucket, and nothing was; the message says why.
    """


def bucket_name(text: str) -> str:
    """
    The name of a bucket, which may be given as a `gs://` address.
    """
    name = text.removeprefix("gs://").removesuffix("/")
    if not _BUCKET.fullmatch(name):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no bucket: write its name, such as my-project-state"
        )
    return name


def look(
    client: "Client", bucket: str, *, patience_seconds: float = _PATIENCE_SECONDS
) -> None:
    """
    Raise LedgerBucketError, in half a minute at the latest, where Cloud Storage does
    not answer or has no such bucket: it answers 404 for an object of either kind.
    """
    from google.api_core.exceptions import Forbidden, GoogleAPIError, NotFound
    from google.cloud.storage.retry import DEFAULT_RETRY
    from requests import RequestException

    try:
        found = client.list_blobs(
            bucket,
            max_results=1,
            timeout=_CALL_SECONDS,
            retry=DEFAULT_RETRY.with_timeout(patience_seconds),
        )
        next(iter(found), None)
    except NotFound as error:
        raise LedgerBucketError(
            "there is no such bucket: look at 'terraform output'"
        ) from error
    except Forbidden:
        # Who may read and replace records need not be allowed to list them.
        pass
    except (GoogleAPIError, RequestException, ConnectionError) as error:
        raise LedgerBucketError(
            f"Cloud Storage can't be reached ({type(error).__name__}), and nothing was "
            "changed: try again"
        ) from error
