"""A server of one object that begins to answer, and then says nothing more."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from shared.adapters.storage_download import crc32c_of


@dataclass(kw_only=True)
class Stalling:
    """
    The first answers, so many, stall: the very first after `begun` bytes, the others
    before any. `asked` holds from which byte each was asked for.
    """

    content: bytes
    begun: int
    stalls: int
    asked: list[int] = field(default_factory=list)


@contextmanager
def stalling(told: Stalling) -> Iterator[Client]:
    """Serve it; a client that asks for it, whatever the name."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith("/download/"):
                # Where the bucket lies, which the client asks in passing.
                self.send_error(404)
                return
            wanted = self.headers.get("Range", "bytes=0-")
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            told.asked.append(start)
            rest, size = told.content[start:], len(told.content)
            self.send_response(206 if "Range" in self.headers else 200)
            self.send_header("x-goog-hash", f"crc32c={crc32c_of(told.content)}")
            self.send_header("Content-Length", str(len(rest)))
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.end_headers()
            if len(told.asked) > told.stalls:
                self.wfile.write(rest)
                return
            self.wfile.write(rest[: told.begun - start])
            self.wfile.flush()
            over.wait()

        def log_message(self, *_: object) -> None:
            """Not beside what the tests print."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        client = Client(
            project="p",
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]  # google-auth's
            client_options={"api_endpoint": f"http://127.0.0.1:{server.server_port}"},
        )
        try:
            yield client
        finally:
            client.close()
            over.set()
            server.shutdown()
            thread.join()
