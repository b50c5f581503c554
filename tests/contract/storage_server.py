"""
A storage server on a loopback port, for clients that block.

Behind the door the same server answers for storage.googleapis.com; here the real
client is pointed at the port, and sends a bearer token as it always does.
"""

import asyncio
import itertools
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests
from aiohttp import web
from google.auth.credentials import Credentials
from google.cloud.storage import Bucket, Client

from localcloud.faults.faults import Faults
from localcloud.storage.disk.outbox import StorageEvent, Watch
from localcloud.storage.disk.store import Store
from localcloud.storage.knobs import StorageKnobs
from localcloud.storage.server import StorageServer
from tests.everybody import any_token, owners
from tests.loop_thread import LoopThread

Result = TypeVar("Result")

PROJECT = "test-project"
TIMEOUT_SECONDS = 30
UNLIMITED = StorageKnobs(writes_per_second=0)


class BearerCredentials(Credentials):
    """
    A token that is never refreshed.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped in google-auth
        self.token = "token"

    def refresh(self, request: object) -> None:
        raise AssertionError("a token without an end needs no refresh")


class RunningStorage:
    """
    The server and its clients; `restart` begins again from the same folder.
    """

    def __init__(self, loop: LoopThread, folder: Path, **terms: Any) -> None:
        # Most tests write one name faster than the service lets them.
        self._terms = {
            "knobs": UNLIMITED,
            "token_fault": any_token,
            "permits": owners(),
            **terms,
        }
        self._loop = loop
        self._folder = folder
        self._port = 0
        self._numbers = itertools.count(1)
        self.faults = Faults()
        self.http = requests.Session()
        self.http.headers["Authorization"] = "Bearer token"
        self._start()
        self.client = Client(
            project=PROJECT,
            credentials=BearerCredentials(),
            client_options={"api_endpoint": self.url},
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _start(self) -> None:
        async def start() -> None:
            self._server = StorageServer(
                self._folder, faults=self.faults, **self._terms
            )
            self.feed = self._server.store.watch(Watch(recipient="tests"))
            self._server.courier.start()
            # As the door makes it: bodies come as they were sent.
            http = web.Server(
                self._server.handle, access_log=None, auto_decompress=False
            )
            runner = web.ServerRunner(http, shutdown_timeout=1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", self._port)
            await site.start()
            self._runner = runner
            self._port = runner.addresses[0][1]

        self._loop.run(start())

    def _stop(self) -> None:
        async def stop() -> None:
            assert self._runner.server is not None
            for site in list(self._runner.sites):
                await site.stop()
            # Who came right before is let in by now, and is counted.
            await asyncio.sleep(0.01)
            connections = [each.transport for each in self._runner.server.connections]
            await self._runner.cleanup()
            for connection in connections:
                # One whose client reads no more would never send its rest, nor close.
                if isinstance(connection, asyncio.Transport):
                    connection.abort()
            await self._server.courier.stop()
            self._server.close()

        self._loop.run(stop())

    def restart(self) -> None:
        """
        Stop, and start on the same port.
        """
        self._stop()
        self._start()

    def close(self) -> None:
        self.client.close()
        self.http.close()
        self._stop()

    def within(self, work: Callable[[Store], Result]) -> Result:
        """
        Use the store as the local cloud's set-up does, in the server's own thread.
        """

        async def run() -> Result:
            return work(self._server.store)

        return self._loop.run(run())

    def bucket(self, *, versioned: bool = False) -> Bucket:
        """
        A new bucket.
        """
        bucket = self.client.bucket(f"bucket-{next(self._numbers)}")
        bucket.versioning_enabled = versioned
        return self.client.create_bucket(bucket)

    def events(self) -> list[StorageEvent]:
        """
        Every event that nobody has taken yet.
        """
        return self.within(lambda _: self.feed.events(0, 10_000))

    def call(
        self, method: str, path: str, *, status: int | None = 200, **arguments: Any
    ) -> requests.Response:
        """
        A request as it is written here; `path` goes out without being touched.
        """
        request = self.http.prepare_request(
            requests.Request(method, self.url, **arguments)
        )
        request.url = self.url + path
        answer = self.http.send(request, timeout=TIMEOUT_SECONDS)
        if status is not None:
            assert answer.status_code == status, answer.text
        return answer

    def insert(
        self, bucket: str, name: str, data: bytes, *, status: int = 200, query: str = ""
    ) -> Any:
        """
        A media upload; `name` and `query` are parts of the URL. Returns the JSON.
        """
        path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}{query}"
        return self.call("POST", path, data=data, status=status).json()

    def connection(self) -> socket.socket:
        """
        A connection for requests that no client would send.
        """
        return socket.create_connection(("127.0.0.1", self._port), TIMEOUT_SECONDS)

    def send_and_cut(self, data: bytes) -> None:
        """
        Send part of a request, then close the connection.
        """
        with self.connection() as connection:
            connection.sendall(data)

    def wait_for(self, condition: Callable[[Store], bool]) -> None:
        """
        Return when the condition holds; fail if it doesn't within the time-out.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not condition(self._server.store):
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.01)


@contextmanager
def running_storage(folder: Path, **terms: Any) -> Iterator[RunningStorage]:
    """
    A server over a folder, stopped at the end.
    """
    with LoopThread().running() as loop:
        server = RunningStorage(loop, folder, **terms)
        try:
            yield server
        finally:
            server.close()


def error_of(answer: requests.Response) -> tuple[int, str, str]:
    """
    Code, reason and message of an error in the JSON API's shape.
    """
    error = json.loads(answer.text)["error"]
    assert error["errors"][0]["message"] == error["message"]
    return error["code"], error["errors"][0]["reason"], error["message"]
