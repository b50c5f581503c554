"""
A connection that a fault cuts, where HTTP is answered.
"""

import logging

from aiohttp import ClientConnectionResetError, web


class CutByFaultError(ConnectionResetError):
    """
    The connection is gone, and that is how it was meant.
    """


def cut(request: web.BaseRequest) -> CutByFaultError:
    """
    Cut a request's connection; what to raise then.
    """
    if request.transport is not None and not request.transport.is_closing():
        request.transport.abort()
    return CutByFaultError("a fault cut the connection")


def is_news(record: logging.LogRecord) -> bool:
    """
    A filter for the server's log: what was cut on purpose is in the faults' own, and
    a client that hung up while it was answered knows that it did.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, CutByFaultError | ClientConnectionResetError)
