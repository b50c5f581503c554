"""
Which hosts the door opens for, and what its certificates must name for them.
"""

import re

GOOGLE = "googleapis.com"
HTTPS_PORT = 443

# The first label may be a bucket's name, which may hold an underscore.
_NAME = re.compile(
    r"([a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?\.)?"
    r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*googleapis\.com"
)
_MAX_NAME = 253


class BadAuthorityError(ValueError):
    """
    A CONNECT target that is not `host:port`.
    """


def split_authority(text: str) -> tuple[str, int]:
    """
    Split a CONNECT target into its host, in lower case without a last dot, and port.

    Raises BadAuthorityError.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()):
        raise BadAuthorityError(f"{text!r} is not host:port")
    return host.lower().removesuffix("."), int(port)


def is_google(host: str) -> bool:
    """
    Say whether a host name is one of Google's API hosts: googleapis.com or under it.

    The name is taken literally; nothing is ever resolved.
    """
    return len(host) <= _MAX_NAME and _NAME.fullmatch(host) is not None


def certificate_names(host: str) -> tuple[str, ...]:
    """
    Name what a certificate for this host and its siblings must carry.

    A wildcard stands for one label only (RFC 6125, 6.4.3), so
    aiplatform.us.rep.googleapis.com needs *.us.rep.googleapis.com; the parent's own
    name is not covered by the wildcard either.
    """
    if host == GOOGLE:
        return (f"*.{GOOGLE}", GOOGLE)
    parent = host.partition(".")[2]
    return (f"*.{parent}", parent)
