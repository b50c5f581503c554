"""
How many connections the door may hold: as many as leave everybody else their files.
"""

import resource

# A decrypted connection costs 280 KB, most of it asyncio's buffer for TLS.
_MOST = 4_000
# macOS says "unlimited", and means this.
_MOST_FILES = 10_240
# Databases, objects that are read or written, the functions' pipes.
_OTHER_FILES = 256
# A gRPC client's: the client, and both ends of the connection to its server.
_FILES_EACH = 3


def raise_file_limit() -> int:
    """
    Let this process open as many files as it may; return how many that are.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return _MOST_FILES if soft == resource.RLIM_INFINITY else soft


def most_connections(files: int) -> int:
    """
    How many connections a process may hold that can open so many files.
    """
    return max(1, min(_MOST, (files - _OTHER_FILES) // _FILES_EACH))
