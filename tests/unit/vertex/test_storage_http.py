"""
The service agent's way to storage, against a small server that can be rude.
"""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from localcloud.vertex.rows.gcs.storage_http import (
    DeniedError,
    MissingError,
    StorageError,
    StorageHttp,
)

Answer = tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]


class Server:
    """
    Gives prepared answers, one after the other, and keeps what it was asked.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str, bytes]] = []
        self.tokens: set[str | None] = set()
        self.connections = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                outer.connections += 1

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.command, self.path, body))
                outer.tokens.add(self.headers.get("Authorization"))
                answer = outer.answers.pop(0)
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer[0])
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            do_GET = do_POST = _answer

            def log_message(self, format: str, *args: object) -> None:
                """
                Say nothing.
                """

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def storage(server: Server) -> Iterator[StorageHttp]:
    storage = StorageHttp(server.url, "agent")
    yield storage
    storage.close()


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.close_connection = True


def test_requests_share_a_connection_and_name_the_agent(
    server: Server, storage: StorageHttp
) -> None:
    metadata = {"generation": "7", "size": "5", "contentType": "text/plain"}
    server.answers = [
        (200, b"{}"),
        (200, json.dumps(metadata).encode()),
        (200, b"hello"),
    ]
    storage.check_bucket("a-bucket")
    info = storage.info("a-bucket", "a/ä?#%.jsonl")
    assert (info.generation, info.size) == ("7", 5)
    assert b"".join(storage.read("a-bucket", "a/b", info.generation)) == b"hello"
    assert server.connections == 1
    assert server.tokens == {"Bearer agent"}
    assert [path for _, path, _ in server.asked] == [
        "/storage/v1/b/a-bucket",
        "/storage/v1/b/a-bucket/o/a%2F%C3%A4%3F%23%25.jsonl",
        "/storage/v1/b/a-bucket/o/a%2Fb?alt=media&generation=7",
    ]


def test_an_object_is_written_from_pieces(server: Server, storage: StorageHttp) -> None:
    server.answers = [(200, b"{}")]
    storage.write("b-1", "x/y.jsonl", lambda: iter([b"ab", b"", b"c"]), 3)
    assert server.asked == [
        ("POST", "/upload/storage/v1/b/b-1/o?uploadType=media&name=x%2Fy.jsonl", b"abc")
    ]


def test_an_object_may_be_written_once_and_left_alone_if_it_is_there(
    server: Server, storage: StorageHttp
) -> None:
    server.answers = [(200, b"{}"), (412, b"{}"), (412, b"{}")]
    for _ in range(2):
        storage.write("b", "n", lambda: iter([b"abc"]), 3, once=True)
    assert all("ifGenerationMatch=0" in path for _, path, _ in server.asked)
    with pytest.raises(StorageError):
        storage.write("b", "n", lambda: iter([b"abc"]), 3)
    assert "ifGenerationMatch" not in server.asked[-1][1]


def test_a_list_goes_on_to_its_last_page(server: Server, storage: StorageHttp) -> None:
    pages = [
        {"items": [{"name": "a/1"}, {"name": "a/2"}], "nextPageToken": "t&t"},
        {"items": [{"name": "a/3"}]},
    ]
    server.answers = [(200, json.dumps(page).encode()) for page in pages]
    assert list(storage.names("b-1", "a/")) == ["a/1", "a/2", "a/3"]
    assert server.asked[1][1] == "/storage/v1/b/b-1/o?prefix=a%2F&pageToken=t%26t"


@pytest.mark.parametrize("trouble", [(503, b""), (429, b"{}"), (500, b"x"), cut])
def test_passing_trouble_is_outlasted(
    server: Server, storage: StorageHttp, trouble: Answer
) -> None:
    server.answers = [trouble, trouble, (200, b"{}")]
    storage.check_bucket("b-1")
    server.answers = [trouble, (200, b"{}")]
    storage.write("b-1", "o", lambda: iter([b"abc"]), 3)
    assert server.asked[-1][2] == b"abc"


@pytest.mark.parametrize(
    ("status", "error"), [(404, MissingError), (403, DeniedError), (401, DeniedError)]
)
def test_what_will_not_pass_is_not_asked_again(
    server: Server, storage: StorageHttp, status: int, error: type[StorageError]
) -> None:
    server.answers = [(status, b"{}")] * 2
    with pytest.raises(error):
        storage.info("b-1", "o")
    with pytest.raises(error):
        next(storage.read("b-1", "o", "1"))
    assert len(server.asked) == 2


def test_trouble_that_does_not_pass_is_an_error(
    server: Server, storage: StorageHttp
) -> None:
    server.answers = [(503, b"")] * 4
    with pytest.raises(StorageError):
        storage.check_bucket("b-1")
    assert server.answers == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_an_answer_that_is_no_json_object_is_an_error(
    server: Server, storage: StorageHttp, body: bytes
) -> None:
    server.answers = [(200, body)]
    with pytest.raises(StorageError):
        storage.check_bucket("b-1")


def test_content_that_was_cut_short_is_an_error(
    server: Server, storage: StorageHttp
) -> None:
    server.answers = [cut_short, (200, b"{}")]
    with pytest.raises(StorageError, match="early"):
        list(storage.read("b-1", "o", "1"))
    storage.check_bucket("b-1")


def test_content_that_was_not_read_to_its_end_disturbs_nothing(
    server: Server, storage: StorageHttp
) -> None:
    server.answers = [(200, b"x" * 5_000_000), (200, b"{}")]
    reading = storage.read("b-1", "o", "1")
    next(reading)
    reading.close()  # type: ignore[attr-defined]  # a generator
    storage.check_bucket("b-1")
    assert server.answers == []


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "127.0.0.1:1", "http://"])
def test_only_plain_http_is_spoken(url: str) -> None:
    with pytest.raises(ValueError, match="plain HTTP"):
        StorageHttp(url, "agent")
