"""
Answers from a file of earlier output lines: found, replayed, or missed aloud.
"""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from localcloud.vertex.answers.answer import answer
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.responders.recorded import Recorded
from localcloud.vertex.responders.recording import Recording
from localcloud.vertex.responders.spec import ResponderError
from tests.unit.vertex.memory_storage import MemoryStorage
from tests.unit.vertex.responders.asking import asked, saying, text_of, turn
from tests.unit.vertex.responders.conftest import Record
from tests.unit.vertex.responders.recorded_lines import REAL, line
from tests.unit.vertex.row_work import RowWork, jsonl, text_row

FAILED_STATUS = (
    'Bad Request: {"error": {"code": 400, "message": "Please use a valid role: '
    'user, model.", "status": "INVALID_ARGUMENT"}}'
)


def test_a_real_answer_is_given_again_but_for_its_time(recorded: Record) -> None:
    request = {
        "generationConfig": {"maxOutputTokens": 10},
        "contents": [turn({"text": "Hello world!"})],
    }

    response = recorded(REAL)(asked(request))

    assert response == REAL["response"] | {"createTime": "2026-11-25T12:00:00.000000Z"}


def test_a_row_of_the_same_request_and_key_comes_first(recorded: Record) -> None:
    find = recorded(line("Hi", "one", key="a"), line("Hi", "two", key="b"))

    assert text_of(find(asked(saying("Hi"), key="b"))) == "two"
    assert text_of(find(asked(saying("Hi"), key="a"))) == "one"
    assert text_of(find(asked(saying("Hi"), key="c"))) == "one"
    assert text_of(find(asked(saying("Hi")))) == "one"


def test_a_row_whose_request_has_changed_is_found_by_its_key(recorded: Record) -> None:
    find = recorded(line("Hi", "one", key="a"), line("Ho", "two", key=7))

    assert text_of(find(asked(saying("Hi!"), key="a"))) == "one"
    assert text_of(find(asked(saying("Ho!"), key="007"))) == "two"
    with pytest.raises(RowError):
        find(asked(saying("Ho!"), key="8"))


def test_a_failed_row_fails_again_with_the_same_status(recorded: Record) -> None:
    row = {"key": "r", "status": FAILED_STATUS, "request": saying("Hi"), "response": {}}

    with pytest.raises(RowError) as failed:
        recorded(row)(asked(saying("Hi"), key="r"))

    assert failed.value.status() == FAILED_STATUS


def test_a_row_that_was_never_recorded_fails_and_says_so(recorded: Record) -> None:
    with pytest.raises(RowError) as failed:
        recorded(REAL)(asked(saying("Hi"), key="k1"))

    status = failed.value.status()
    reason, _, error = status.partition(": ")
    assert reason == "Not Found"
    message = json.loads(error)["error"]["message"]
    assert "'k1'" in message
    assert "/predictions.jsonl" in message
    assert "otherwise=simulated" in message


def test_it_is_simulated_where_that_was_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(jsonl(REAL))
    with closing(Recording(file)) as recording:
        find = Recorded(recording, answer)

        assert text_of(find(asked(saying("Hi")))).startswith("[simulated ")
        assert text_of(find(asked(REAL["request"]))) == "Hello there!"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "has no output line"),
        (b"\n\n", "has no output line"),
        (b"{", "line 1, is no JSON"),
        (b"[]", "line 1, is no JSON object"),
        (b'{"response": {}}', "line 1, is without a `request`"),
        (b'\n{"request": {"contents": []}}', "line 2, is without `response` or"),
        (b'{"request": {}, "response": 1}', "line 1, is one whose `response`"),
        (b'{"request": {}, "response": {}, "status": 1}', "1, is one whose `status`"),
        (b"\xff", "line 1, is no JSON"),
    ],
)
def test_a_file_of_something_else_is_refused_at_the_start(
    tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "some.jsonl"
    file.write_bytes(content)

    with pytest.raises(ResponderError) as refused:
        Recording(file)

    assert says in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize("nulls", [True, False])
def test_a_whole_job_is_answered_by_its_own_earlier_output(
    tmp_path: Path, recorded: Record, nulls: bool
) -> None:
    """
    Through the echo, whatever it does to a request: nulls, order, numbers for ids.
    """
    config = {"generationConfig": {"temperature": 1, "topP": 0.5}}
    tools = {
        "tools": [{"functionDeclarations": [{"name": "f"}]}],
        "labels": {"a_b": "c"},
    }
    rows = [
        text_row("One", key="1"),
        {"key": "2", "request": saying("Two", **config)},
        {"key": "3", "request": saying("Three", **tools)},
        {"key": "4", "request": {"contents": [turn({"text": "x"}, role="tester")]}},
    ]
    knobs = replace(Knobs(), coerce_numeric_ids=True, echo_nulls=nulls)
    first = RowWork(tmp_path / "1", MemoryStorage({"in.jsonl": jsonl(*rows)}), knobs)
    first.imported()
    first.ran()
    lines = first.lines()
    for each in lines:
        if not each["status"]:
            each["response"]["modelVersion"] = "recorded"
    # Without keys: the requests alone must do.
    find = recorded(*({**each, "key": None} for each in lines))
    second = RowWork(tmp_path / "2", MemoryStorage({"in.jsonl": jsonl(*rows)}), knobs)
    second.imported()
    second.ran(find)

    by_key = {each["key"]: each for each in second.lines()}
    assert len(by_key) == 4
    for each in lines:
        again = by_key[each["key"]]
        assert again["status"] == each["status"]
        assert again["response"].get("modelVersion") == (
            None if each["status"] else "recorded"
        )
