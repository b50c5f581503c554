"""
What tests say to the door, byte by byte.
"""

import socket

from tests.unit.door.conftest import Opened

TIMEOUT = 10
CONNECT = b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n"


def ask(opened: Opened, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", opened.door.port), TIMEOUT) as client:
        client.sendall(request)
        answer = b""
        while more := client.recv(4096):
            answer += more
        return answer


def tunnel(opened: Opened, host: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", opened.door.port), TIMEOUT)
    target = f"{host}:443".encode()
    client.sendall(CONNECT % (target, target))
    assert client.recv(4096) == b"HTTP/1.1 200 Connection established\r\n\r\n"
    return client
