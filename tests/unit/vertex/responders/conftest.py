"""
A chat server and a responder that asks it; one that has its answers recorded.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from localcloud.vertex.responders.openai.responder import ChatResponder
from localcloud.vertex.responders.recorded import Recorded
from localcloud.vertex.responders.recording import Recording
from localcloud.vertex.responders.spec import parse
from tests.chat_server import ChatServer, chat_server
from tests.unit.vertex.responders.asking import Json, answer_of, asked, end
from tests.unit.vertex.row_work import jsonl

Ask = Callable[..., Json]
Record = Callable[..., Recorded]


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture
def make_responder(chat: ChatServer) -> Iterator[Callable[..., ChatResponder]]:
    """
    Makes a responder with options, as a user writes them.
    """
    made: list[ChatResponder] = []

    def make(options: str = "", key: str | None = None) -> ChatResponder:
        spec = parse(f"openai:{chat.url}#local-model{options}")
        made.append(ChatResponder(spec, key=key))
        return made[-1]

    yield make
    for each in made:
        end(each)


@pytest.fixture
def ask(make_responder: Callable[..., ChatResponder]) -> Ask:
    """
    Gives the response to one request.
    """
    responder = make_responder()

    def respond(request: Json, **more: Any) -> Json:
        return answer_of(responder, asked(request, **more))

    return respond


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Record]:
    """
    Makes a responder of these lines.
    """
    with ExitStack() as stack:

        def record(*lines: Json) -> Recorded:
            file = tmp_path / "predictions.jsonl"
            file.write_bytes(jsonl(*lines))
            return Recorded(stack.enter_context(closing(Recording(file))))

        yield record
