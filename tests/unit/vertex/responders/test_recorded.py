"""
Answers from a file of earlier output lines: found, replayed, or missed aloud.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.vertex.answers.answer import answer
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.responders.recorded import Recorded
from localcloud.vertex.responders.recording import Recording
from localcloud.vertex.responders.spec import ResponderError
from tests.unit.vertex.memory_storage import MemoryStorage
from tests.unit.vertex.responders.asking import Json, asked, saying, text_of, turn
from tests.unit.vertex.row_work import RowWork, jsonl, text_row

# As the service wrote it (LiteLLM's documentation, 2025-09).
REAL: Json = {
    "status": "",
    "processed_time": "2025-09-19T21:29:47.352+00:00",
    "request": {
        "contents": [{"parts": [{"text": "Hello world!"}], "role": "user"}],
        "generationConfig": {"max_output_tokens": 10},
    },
    "response": {
        "candidates": [
            {
                "avgLogprobs": -0.48,
                "content": {"parts": [{"text": "Hello there!"}], "role": "model"},
                "finishReason": "MAX_TOKENS",
            }
        ],
        "createTime": "2025-09-19T21:29:47.484619Z",
        "modelVersion": "gemini-2.5-flash-lite",
        "responseId": "S8vN",
        "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 19},
    },
}
FAILED_STATUS = (
    'Bad Request: {"error": {"code": 400, "message": "Please use a valid role: '
    'user, model.", "status": "INVALID_ARGUMENT"}}'
)


Record = Callable[..., Recorded]


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


def line(text: str, said: str, **beside: Any) -> Json:
    response = {"candidates": [{"content": {"parts": [{"text": said}]}}]}
    return beside | {"status": "", "request": saying(text), "response": response}


def test_a_real_answer_is_given_again_but_for_its_time(recorded: Record) -> None:
    request = {
        "generationConfig": {"maxOutputTokens": 10},
        "contents": [turn({"text": "Hello world!"})],
    }

    response = recorded(REAL)(asked(request))

    assert response == REAL["response"] | {"createTime": "2026-11-25T12:00:00.000000Z"}


@pytest.mark.parametrize(
    "change",
    [
        {"generationConfig": {"max_output_tokens": 10.0, "topP": None}},
        {"generation_config": {"maxOutputTokens": 10}},
        {"contents": [turn({"fileData": None, "text": "Hello world!"})]},
        {"tools": None, "safetySettings": [], "labels": {"a": None}},
    ],
)
def test_what_the_service_does_to_an_echo_makes_no_other_request(
    recorded: Record, change: Json
) -> None:
    request: Json = dict(REAL["request"])
    if "generation_config" in change:
        del request["generationConfig"]

    assert text_of(recorded(REAL)(asked(request | change))) == "Hello there!"


@pytest.mark.parametrize(
    "change",
    [
        {"contents": [turn({"text": "Hello world"})]},
        {"generationConfig": {"maxOutputTokens": 11}},
        {"generationConfig": None},
        {"systemInstruction": {"parts": [{"text": "Be brief"}]}},
    ],
)
def test_another_request_is_another_one(recorded: Record, change: Json) -> None:
    request: Json = dict(REAL["request"])

    with pytest.raises(RowError, match="No answer to this request"):
        recorded(REAL)(asked(request | change))


def test_the_names_in_a_users_own_data_are_left_as_they_are(recorded: Record) -> None:
    """`first_name` and `firstName` are two properties, but one field of the API."""

    def with_property(name: str) -> Json:
        schema = {"type": "OBJECT", "properties": {name: {"type": "STRING"}}}
        return saying("Who?", generationConfig={"responseSchema": schema})

    known = line("", "It was known") | {"request": with_property("first_name")}
    find = recorded(known)

    assert text_of(find(asked(with_property("first_name")))) == "It was known"
    with pytest.raises(RowError):
        find(asked(with_property("firstName")))


def test_the_names_in_arguments_and_labels_are_a_users_own(recorded: Record) -> None:
    def calling(**args: str) -> Json:
        call = {"functionCall": {"name": "f", "args": args}}
        return {"contents": [turn(call, role="model")], "labels": {"a_b": "c"}}

    find = recorded(line("", "It was known") | {"request": calling(first_name="A")})

    assert text_of(find(asked(calling(first_name="A")))) == "It was known"
    with pytest.raises(RowError):
        find(asked(calling(firstName="A")))


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
