"""`examples/subscriber.py`: what one delivered message leads to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from examples.subscriber import Event, Handled, handle

ATTRIBUTES = {
    "ce-id": "a" * 64,
    "ce-type": "dev.dropbatch.drop.completed.v1",
    "ce-subject": "0" * 32,
}
DATA = {
    "output_uri": "gs://results/out/0/",
    "counts": {"rows": 3, "succeeded": 3, "failed": 0, "blocked": None},
}


@dataclass(slots=True)
class _Message:
    attributes: dict[str, str] = field(default_factory=lambda: dict(ATTRIBUTES))
    data: bytes = json.dumps(DATA).encode()
    acked: bool = False

    def ack(self) -> None:
        self.acked = True


@pytest.fixture
def handled(tmp_path: Path) -> Iterator[Handled]:
    open_ = Handled(tmp_path / "handled.sqlite3")
    yield open_
    open_.close()


def test_a_new_event_is_shown_once_and_its_repeat_only_acked(handled: Handled) -> None:
    shown: list[Event] = []
    first, repeat = _Message(), _Message()
    assert handle(first, handled, shown.append)
    assert not handle(repeat, handled, shown.append)
    assert [event.id for event in shown] == ["a" * 64]
    assert first.acked
    assert repeat.acked


def test_a_repeat_is_dropped_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "handled.sqlite3"
    shown: list[Event] = []
    for _ in range(2):
        handled = Handled(path)
        handle(_Message(), handled, shown.append)
        handled.close()
    assert len(shown) == 1


def test_an_event_that_could_not_be_handled_is_neither_acked_nor_remembered(
    handled: Handled,
) -> None:
    def fail(_: Event) -> None:
        raise OSError("disk full")

    message = _Message()
    with pytest.raises(OSError, match="disk full"):
        handle(message, handled, fail)
    assert not message.acked
    assert "a" * 64 not in handled


@pytest.mark.parametrize(
    "message",
    [
        _Message(attributes={}),
        _Message(data=b"not json"),
        _Message(data=b"\xff"),
        _Message(data=b"[]"),
    ],
)
def test_a_message_that_is_not_dropbatchs_is_acked_and_told_on_stderr(
    message: Any, handled: Handled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not handle(message, handled, lambda _: None)
    assert message.acked
    assert "not dropbatch's" in capsys.readouterr().err


def test_the_line_says_type_drop_folder_and_the_counts_that_are_known() -> None:
    event = Event.from_message(ATTRIBUTES, json.dumps(DATA).encode())
    assert event.line() == (
        f"dev.dropbatch.drop.completed.v1 {'0' * 32} gs://results/out/0/ "
        "rows=3 succeeded=3 failed=0"
    )
    assert json.loads(event.json()) == {"attributes": ATTRIBUTES, "data": DATA}


def test_a_late_drop_is_shown_and_is_not_counted_among_those_that_have_ended(
    handled: Handled,
) -> None:
    shown: list[Event] = []
    late = {"ce-id": "b" * 64, "ce-type": "dev.dropbatch.drop.late.v1"}
    error = {"message": "its job is paused, and ends only if somebody acts"}
    data = json.dumps(DATA | {"reason": "paused", "error": error}).encode()
    message = _Message(attributes=ATTRIBUTES | late, data=data)

    assert not handle(message, handled, shown.append)
    assert handle(_Message(), handled, shown.append)

    assert message.acked
    assert shown[0].line() == (
        f"dev.dropbatch.drop.late.v1 {'0' * 32} paused: "
        "its job is paused, and ends only if somebody acts"
    )
    assert [event.ends_the_drop for event in shown] == [False, True]
