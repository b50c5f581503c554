"""
Who may see the page and its data, and who may change something from it.

Any site that the user visits can send requests to this machine. What it may not
do is decided from what browsers say of a request and no script can forge.
"""

from aiohttp import hdrs, web

from localcloud.control import callers
from localcloud.door.dispatch import no_service
from localcloud.door.google_errors import google_error

_READING = (hdrs.METH_GET, hdrs.METH_HEAD)


def refusal(request: web.BaseRequest) -> web.Response | None:
    """
    The 403 or 415 that a request gets, or None if it may go on.

    Programs that are no browsers send no Origin, and are asked for nothing more than
    a name of this machine: they are on it.
    """
    if request.path == "/" and request.method in _READING:
        # Any site may hold a link to the page; it can't look inside.
        why = callers.refusal_of_way(request)
    else:
        why = callers.refusal(request)
    if why:
        return google_error(403, why)
    if (
        request.method not in _READING
        and hdrs.ORIGIN in request.headers
        and request.body_exists
        and request.content_type != "application/json"
    ):
        # A form of any site can send everything but this without asking first.
        return google_error(415, "Send application/json.")
    return None


async def stranger(request: web.BaseRequest) -> web.StreamResponse:
    """
    Answer for a host that is nobody's: 403 where a browser may have been led to.
    """
    transport = request.transport
    if transport is not None and transport.get_extra_info("ssl_object") is None:
        return google_error(403, f"This is not for {request.host!r}.")
    return await no_service(request)
