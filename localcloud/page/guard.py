"""
Who may see the page and its data, and who may change something from it.

Any site that the user visits can send requests to this machine. What it may not
do is decided here, from what browsers say of a request and no script can forge:
its Host, its Origin and where it comes from.
"""

from ipaddress import ip_address

from aiohttp import hdrs, web

from localcloud.door.dispatch import no_service
from localcloud.door.google_errors import google_error

_READING = (hdrs.METH_GET, hdrs.METH_HEAD)
# `none` is the address bar.
_OWN_SITE = ("same-origin", "none")


def refusal(request: web.BaseRequest) -> web.Response | None:
    """
    The 403 or 415 that a request gets, or None if it may go on.

    Programs that are no browsers send neither Origin nor Sec-Fetch-Site, and are
    asked for nothing more: they are on this machine.
    """
    if not is_here(request):
        return google_error(403, f"This is not for {request.host!r}.")
    if request.method in _READING:
        if request.path == "/":
            return None
        site = request.headers.get("Sec-Fetch-Site", "none")
        return None if site in _OWN_SITE else _foreign(site)
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return None
    if origin != f"http://{request.host}":
        return _foreign(origin)
    # A form can send anything but this without having asked first.
    if request.content_type != "application/json" and request.body_exists:
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


def is_here(request: web.BaseRequest) -> bool:
    """
    Whether it came by plain HTTP, to a name that is always this machine's.

    A name of somebody else's that was made to mean this machine is none.
    """
    transport = request.transport
    if transport is None or transport.get_extra_info("ssl_object") is not None:
        return False
    host = request.host.rpartition(":")[0] or request.host
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _foreign(whom: str) -> web.Response:
    return google_error(403, f"This is for the local cloud's own page, not {whom!r}.")
