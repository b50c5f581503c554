import json

import pytest

from localcloud.page.asked import Asked, AskedError
from localcloud.page.state.lines import Lines


def shown(lines: Lines, **asked: str) -> list[str]:
    found = lines.shown(Asked(asked))["lines"]
    return [each["event"] or each["text"] for each in found]


@pytest.fixture
def lines() -> Lines:
    lines = Lines()
    lines.take("submit_job", "Traceback (most recent call last):")
    for event, severity, drop in (
        ("claimed", "INFO", "d1"),
        ("held", "WARNING", "d2"),
        ("tick", "INFO", None),
        ("odd", "no such thing", "d2"),
    ):
        said = {"severity": severity, "event": event, "drop_id": drop}
        lines.take("poll_jobs", json.dumps(said))
    return lines


def test_lines_come_oldest_first_and_the_newest_of_them(lines: Lines) -> None:
    assert shown(lines)[0].startswith("Traceback")
    assert shown(lines, limit="2") == ["tick", "odd"]


def test_lines_are_filtered(lines: Lines) -> None:
    assert shown(lines, function="submit_job") == ["Traceback (most recent call last):"]
    assert shown(lines, severity="INFO") == ["claimed", "held", "tick"]
    assert shown(lines, severity="WARNING") == ["held"]
    assert shown(lines, drop="d2") == ["held", "odd"]
    assert "tick" not in shown(lines, without="tick")
    assert "held" not in shown(lines, without="tick,held")
    with pytest.raises(AskedError, match="severity='x'"):
        shown(lines, severity="x")


LONG = json.dumps({"a": "x" * 5_000})


@pytest.mark.parametrize("text", ["{", "[1]", "{}x", "[" * 100_000, '{"a": 1}', LONG])
def test_whatever_is_printed_is_kept_as_it_is(text: str) -> None:
    lines = Lines()
    lines.take("f", text)

    (line,) = lines.shown(Asked({}))["lines"]

    assert line["severity"] == "DEFAULT"
    assert line["fields"] == ({"a": 1} if text == '{"a": 1}' else {})
    assert text.startswith(line["text"])


def test_the_oldest_lines_are_forgotten() -> None:
    lines = Lines()
    for number in range(10_001):
        lines.take("f", f"{number}")

    assert lines.shown(Asked({}))["taken"] == 10_001
    assert len(lines.shown(Asked({"limit": "100000"}))["lines"]) == 1000


def test_what_every_poll_says_pushes_out_nothing_else(lines: Lines) -> None:
    for _ in range(10_001):
        lines.take("poll_jobs", '{"event": "tick"}')

    assert shown(lines, event="claimed") == ["claimed"]
    assert shown(lines, limit="1") == ["tick"]
