"""
Addresses of this machine: the only ones that the local cloud speaks to.
"""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

_COMPLETIONS = "/chat/completions"
_USUAL_PATH = "/v1"


class NotLoopbackError(ValueError):
    """
    The address is not one of a server on this machine; the message says why.
    """


def base_url(address: str) -> str:
    """
    The address below which an OpenAI-compatible server has its `chat/completions`.

    `/v1` where the address has no path, as all such servers have it.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NotLoopbackError(f"it is no address: {error}") from error
    if parts.scheme != "http" or not host:
        raise NotLoopbackError("use an address such as http://127.0.0.1:11434/v1")
    if parts.username is not None or parts.query or parts.fragment:
        raise NotLoopbackError("use an address without user, query and fragment")
    if not _is_this_machine(host):
        raise NotLoopbackError(
            f"{host} is not this machine, and the local cloud speaks to no other: "
            "use a server on 127.0.0.1"
        )
    path = parts.path.rstrip("/").removesuffix(_COMPLETIONS) or _USUAL_PATH
    bracketed = f"[{host}]" if ":" in host else host
    return f"http://{bracketed}:{port or 80}{path}"


def _is_this_machine(host: str) -> bool:
    # A name may mean any address tomorrow: only this one is meant to be ours.
    if host == "localhost":
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return all(ip_address(each[4][0]).is_loopback for each in found)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
