"""
A connection that a fault cuts, where HTTP is answered.
"""

import logging

from aiohttp import web


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
    A filter for the server's log: what was cut on purpose is in the faults' own.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], CutByFaultError))
