"""
A server that is busy, broken, slow, or not there: what is tried again, and what the
row says when that did not help.
"""

import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError

import pytest

from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.api.errors import Code
from localcloud.vertex.responders.loading import load
from localcloud.vertex.responders.openai import responder as openai_responder
from localcloud.vertex.responders.openai.responder import ChatResponder
from localcloud.vertex.responders.spec import ResponderError, parse
from tests.chat_server import ChatServer, chat_server
from tests.running_cloud import wait_until
from tests.unit.vertex.responders.asking import answer_of, asked, end, saying, text_of

Make = Callable[..., ChatResponder]


def failure(responder: ChatResponder) -> RowError:
    with pytest.raises(RowError) as failed:
        answer_of(responder, asked(saying("Hi")))
    return failed.value


@pytest.mark.parametrize("trouble", [408, 429, 500, 502, 503, 504, "cut"])
def test_a_passing_trouble_is_tried_again(
    make_responder: Make, chat: ChatServer, trouble: int | str
) -> None:
    chat.trouble = deque([trouble, trouble])

    response = answer_of(make_responder(), asked(saying("Hi")))

    assert text_of(response) == "You said: Hi"
    assert len(chat.asked) == 3


@pytest.mark.parametrize(
    ("trouble", "code", "status"),
    [
        (429, Code.RESOURCE_EXHAUSTED, "Too Many Requests: "),
        (500, Code.INTERNAL, "Internal Server Error: "),
        (503, Code.UNAVAILABLE, "Service Unavailable: "),
        ("cut", Code.UNAVAILABLE, "Service Unavailable: "),
    ],
)
def test_it_is_tried_a_few_times_and_then_the_row_fails(
    make_responder: Make,
    chat: ChatServer,
    trouble: int | str,
    code: Code,
    status: str,
) -> None:
    chat.trouble = deque([trouble] * 99)

    failed = failure(make_responder("?tries=3"))

    assert len(chat.asked) == 3
    assert failed.code is code
    assert failed.status().startswith(status)


@pytest.mark.parametrize(
    ("trouble", "code", "says"),
    [
        (400, Code.INVALID_ARGUMENT, "answered 400: The server had an error."),
        (401, Code.UNAUTHENTICATED, "answered 401"),
        (404, Code.NOT_FOUND, "answered 404"),
        (422, Code.INVALID_ARGUMENT, "answered 422"),
        ("garbage", Code.INTERNAL, "no JSON: <html>A proxy's page</html>"),
    ],
)
def test_a_final_answer_is_not_asked_for_again(
    make_responder: Make, chat: ChatServer, trouble: int | str, code: Code, says: str
) -> None:
    chat.trouble = deque([trouble] * 99)

    failed = failure(make_responder())

    assert len(chat.asked) == 1
    assert failed.code is code
    assert says in failed.message


def test_whatever_else_goes_wrong_fails_the_row_and_no_more(
    make_responder: Make,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A bug of ours here would otherwise fail the whole job."""

    def broken(*_: object, **__: object) -> None:
        raise LookupError("no such luck")

    monkeypatch.setattr(openai_responder, "response", broken)

    failed = failure(make_responder())

    assert failed.code is Code.INTERNAL
    assert failed.message == "LookupError: no such luck"
    assert "Traceback" in capsys.readouterr().err


def test_nobody_is_followed_to_another_address(
    make_responder: Make, chat: ChatServer
) -> None:
    with chat_server() as other:
        chat.elsewhere = f"{other.url}/chat/completions"
        chat.trouble = deque(["redirect"])

        assert "answered 307" in failure(make_responder()).message
        assert other.asked == []


@pytest.mark.parametrize("trouble", ["slow", "drip"])
def test_an_answer_that_takes_too_long_is_not_waited_for(
    make_responder: Make, chat: ChatServer, trouble: str
) -> None:
    chat.trouble = deque([trouble])
    began = time.monotonic()

    failed = failure(make_responder("?seconds=0.3"))

    assert time.monotonic() - began < 10
    assert failed.code is Code.DEADLINE_EXCEEDED
    assert "within 0.3 s" in failed.message


def test_all_tries_and_pauses_end_with_the_rows_time(
    make_responder: Make, chat: ChatServer
) -> None:
    chat.trouble = deque([503] * 99)
    chat.retry_after = "15"
    began = time.monotonic()

    failed = failure(make_responder("?seconds=0.3&tries=20"))

    assert time.monotonic() - began < 10
    assert failed.code is Code.DEADLINE_EXCEEDED


def test_a_server_that_is_not_there_makes_failed_rows() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    spec = parse(f"openai:http://127.0.0.1:{port}#m?tries=1")
    responder = ChatResponder(spec, key=None)
    try:
        failed = failure(responder)
    finally:
        end(responder)

    assert failed.code is Code.UNAVAILABLE
    assert f"127.0.0.1:{port}" in failed.message


def test_no_more_rows_are_asked_at_once_than_the_server_is_to_bear(
    make_responder: Make, chat: ChatServer
) -> None:
    chat.takes_seconds = 0.05
    responder = make_responder("?at_once=4")

    futures = [responder.begin(asked(saying(f"{n}"))) for n in range(20)]

    texts = [text_of(each.result(20)) for each in futures]
    assert texts == [f"You said: {n}" for n in range(20)]
    assert chat.most_at_once == 4


def test_the_key_is_sent_and_is_nowhere_else(
    make_responder: Make, chat: ChatServer
) -> None:
    chat.key = "sk-secret"

    assert text_of(answer_of(make_responder("", "sk-secret"), asked(saying("Hi"))))
    refused = failure(make_responder("", "sk-wrong"))
    assert refused.code is Code.UNAUTHENTICATED
    assert "sk-" not in refused.message
    assert failure(make_responder()).code is Code.UNAUTHENTICATED
    assert "Authorization" not in chat.headers[-1]


def test_a_key_that_is_not_set_is_told_at_the_start() -> None:
    spec = parse("openai:http://127.0.0.1:1?key=LOCAL_MODEL_KEY")

    with pytest.raises(ResponderError, match="LOCAL_MODEL_KEY: that variable is not"):
        load(spec, {})


def test_proxies_of_the_environment_are_not_asked(
    make_responder: Make, chat: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert text_of(answer_of(make_responder(), asked(saying("Hi")))) == "You said: Hi"


def test_a_row_that_is_taken_back_is_no_longer_waited_for(
    make_responder: Make, chat: ChatServer
) -> None:
    chat.trouble = deque(["drip"])
    responder = make_responder("?at_once=1")
    going = responder.begin(asked(saying("One")))
    waiting = responder.begin(asked(saying("Two")))
    wait_until(lambda: chat.asked, 10)

    going.cancel()

    # The place at the server is free for the next one.
    assert text_of(waiting.result(20)) == "You said: Two"
    with pytest.raises(CancelledError):
        going.result(1)
