"""
Who may see and set what a local cloud does: programs on this machine, and its page.
"""

from ipaddress import ip_address

from aiohttp import hdrs, web

_WHY = (
    "What a local cloud does is seen and set from this machine alone, by its page and "
    "by programs: "
)


def refusal(request: web.BaseRequest) -> str | None:
    """
    Why a request may not be answered; None if it may.

    It comes by plain HTTP to a name of this machine: not through the door, and not
    to a name that somebody made stand for this machine. And no web page of another
    origin made it.
    """
    if why := refusal_of_way(request):
        return why
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and origin != f"http://{request.host}":
        return f"{_WHY}a page of {origin!r} may not."
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return f"{_WHY}a page of another origin may not."
    return None


def refusal_of_way(request: web.BaseRequest) -> str | None:
    """
    As `refusal`, but for what any page may lead to.
    """
    transport = request.transport
    if transport is None or transport.get_extra_info("ssl_object") is not None:
        return f"{_WHY}use the loopback address that `dropbatch local --json` prints."
    if not _is_here(request.host):
        return f"{_WHY}the host {request.host!r} is no loopback address."
    return None


def _is_here(host: str) -> bool:
    name = host.rpartition(":")[0] if not host.endswith("]") else host
    name = (name or host).strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
