"""
Very many clients that begin and don't go on: what is left of the local cloud then?

    python -m tests.e2e.crowd CONNECTIONS

behind the door, prints how many were refused, and how an honest client fared beside
them and after them.
"""

import json
import os
import resource
import socket
import ssl
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import requests

from localcloud.door.access_tokens import token_for

HOST = "storage.googleapis.com"
_TUNNEL = f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode()
_HALF = f"POST /upload/storage/v1/b/b/o HTTP/1.1\r\nHost: {HOST}\r\nConte".encode()
_PATIENCE_SECONDS = 30


def main(count: int) -> None:
    """
    Open the connections, ask as an honest client, let go, ask again.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY:
        count = min(count, hard - 100)
    crowd = [_client(number) for number in range(count)]
    refused = sum(_was_refused(client) for client in crowd)
    beside = _asks()
    for client in crowd:
        client.close()
    told: dict[str, Any] = {"connections": count, "refused": refused}
    told |= {"beside": beside, "after": _asks()}
    sys.stdout.write(json.dumps(told) + "\n")


def _client(number: int) -> socket.socket:
    door = urlsplit(os.environ["HTTPS_PROXY"])
    client = socket.create_connection(
        (door.hostname or "", door.port or 0), _PATIENCE_SECONDS
    )
    # One in forty gets as far as TLS, which costs both sides most.
    if number % 40 == 0:
        client.sendall(_TUNNEL)
        if b" 200 " in client.recv(4096):
            context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
            client = context.wrap_socket(client, server_hostname=HOST)
            client.sendall(_HALF)
    elif number % 40 == 1:
        client.sendall(_TUNNEL)
    else:
        client.sendall(b"CONNECT storage.goo")
    return client


def _was_refused(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(4096).startswith(b"HTTP/1.1 503 ")
    except OSError:
        return False


def _asks() -> int:
    """
    The status that an honest client gets, who comes again while there is no room.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return requests.get(
                f"https://{HOST}/storage/v1/b?project=dropbatch-local",
                headers={"Authorization": f"Bearer {token_for('honest@local')}"},
                timeout=_PATIENCE_SECONDS,
            ).status_code
        except requests.exceptions.ProxyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    main(int(sys.argv[1]))
