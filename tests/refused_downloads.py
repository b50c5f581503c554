"""What Google's storage client leaves behind when a download is refused."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def refused_downloads() -> Iterator[None]:
    """
    Take care of connections that the client leaves open: of each download that is
    refused, or breaks off, until the collector finds it, which warns then.
    """
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
