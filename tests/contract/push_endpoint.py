"""
An endpoint that messages are pushed to: it keeps what came, and answers as told.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.running_cloud import wait_until

TIMEOUT_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """
    One request, as it came.
    """

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def wrapped(self) -> dict[str, Any]:
        wrapped: dict[str, Any] = json.loads(self.body)
        return wrapped

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = self.wrapped["message"]
        return message


@dataclass(kw_only=True)
class Endpoint:
    """
    `answer` says the status for a request; `came` holds all of them, in order.
    """

    url: str = ""
    came: list[Pushed] = field(default_factory=list)
    answer: Callable[[Pushed], int] = lambda pushed: 204
    open: int = 0
    most_open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, count: int) -> list[Pushed]:
        wait_until(lambda: len(self.came) >= count, TIMEOUT_SECONDS)
        return list(self.came)


@contextmanager
def push_endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            pushed = Pushed(path=self.path, headers=headers, body=body)
            with endpoint.lock:
                endpoint.came.append(pushed)
                endpoint.open += 1
                endpoint.most_open = max(endpoint.most_open, endpoint.open)
            status = endpoint.answer(pushed)
            with endpoint.lock:
                endpoint.open -= 1
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            if status != 204:
                self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # whoever broke off has been told what this test wants

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
