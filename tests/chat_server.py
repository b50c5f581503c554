"""
A server of chat completions on loopback, strict about what it is asked.
"""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.chat_rules import Json, problems

SLOW_SECONDS = 20.0


def completion(content: str | None, **message: Any) -> Json:
    """
    A completion of one choice, as the API reference has it.
    """
    reason = message.pop("finish_reason", "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": "some-model",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": reason,
            }
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    }


@dataclass
class ChatServer:
    """
    Answers with an echo of the last message, or as `answer` says; before that, each
    request takes one of `trouble`: a status, or "garbage", "cut", "slow", "redirect".
    """

    url: str = ""
    key: str | None = None
    answer: Callable[[Json], Any] = lambda body: completion(_last(body))
    takes_seconds: float = 0.0
    trouble: deque[int | str] = field(default_factory=deque)
    elsewhere: str = ""
    """
    Where "redirect" points to.
    """
    retry_after: str | None = "0"
    asked: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> None:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def leave(self) -> None:
        with self._lock:
            self._now -= 1


def _last(body: Json) -> str:
    content = body["messages"][-1]["content"]
    return f"You said: {content if isinstance(content, str) else 'parts'}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    chat: ChatServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chat = self.chat
        chat.enter()
        try:
            self._answer(chat, body)
        finally:
            chat.leave()

    def _answer(self, chat: ChatServer, body: Json) -> None:
        chat.asked.append(body)
        chat.headers.append(dict(self.headers))
        if chat.trouble and not self._trouble(chat, chat.trouble.popleft()):
            return
        if self.path != "/v1/chat/completions":
            self._refuse(404, f"Unknown request URL: POST {self.path}.")
        elif chat.key and self.headers["Authorization"] != f"Bearer {chat.key}":
            self._refuse(401, "Incorrect API key provided.")
        elif found := problems(body):
            self._refuse(400, "; ".join(found))
        else:
            time.sleep(chat.takes_seconds)
            self._send(200, chat.answer(body))

    def _trouble(self, chat: ChatServer, kind: int | str) -> bool:
        """
        Make trouble; whether the request is answered all the same.
        """
        match kind:
            case int():
                self._refuse(kind, "The server had an error.")
            case "garbage":
                self._send_bytes(200, b"<html>A proxy's page</html>")
            case "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"choices": [')
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "redirect":
                self.send_response(307)
                self.send_header("Location", chat.elsewhere)
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "slow":
                chat.stopping.wait(SLOW_SECONDS)
                self.close_connection = True
            case "drip":
                # A byte now and then keeps a connection busy without an end.
                self.send_response(200)
                self.end_headers()
                while not chat.stopping.wait(0.05):
                    try:
                        self.wfile.write(b" ")
                    except OSError:
                        break
                self.close_connection = True
            case _:
                return True
        return False

    def _refuse(self, status: int, message: str) -> None:
        error = {"message": message, "type": "error", "param": None, "code": None}
        self._send(status, {"error": error})

    def _send(self, status: int, value: Any) -> None:
        self._send_bytes(status, json.dumps(value).encode())

    def _send_bytes(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status >= 400 and self.chat.retry_after is not None:
            self.send_header("Retry-After", self.chat.retry_after)
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # whoever asked has gone, as tests want it


@contextmanager
def chat_server(**given: Any) -> Iterator[ChatServer]:
    """
    Run a server on a port of its own.
    """
    chat = ChatServer(**given)
    handler = type("Handler", (_Handler,), {"chat": chat})
    with _Server(("127.0.0.1", 0), handler) as server:
        chat.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield chat
        finally:
            chat.stopping.set()
            server.shutdown()
            thread.join()
