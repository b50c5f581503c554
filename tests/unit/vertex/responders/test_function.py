"""
A user's own function as the model: what it may return, raise, print and be.
"""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.function import (
    Context,
    FunctionResponder,
    load_function,
)
from localcloud.vertex.responders.spec import ResponderError, parse
from tests.unit.vertex.responders.asking import (
    MODEL,
    NOW,
    Files,
    Json,
    answer_of,
    asked,
    saying,
    text_of,
)


def responder(function: Callable[..., Any], at_once: int = 1) -> FunctionResponder:
    return FunctionResponder(function, at_once)


def failure(function: Callable[..., Any]) -> Json:
    with pytest.raises(RowError) as failed:
        answer_of(responder(function), asked(saying("Hi")))
    reason, _, error = failed.value.status().partition(": ")
    assert reason == "Internal Server Error"
    found: Json = json.loads(error)["error"]
    return found


def test_text_becomes_a_response_that_says_it() -> None:
    def loud(request: Json) -> str:
        text: str = request["contents"][0]["parts"][0]["text"]
        return text.upper()

    response = answer_of(responder(loud), asked(saying("Hi")))

    assert text_of(response) == "HI"
    assert response["candidates"][0]["finishReason"] == "STOP"
    assert response["modelVersion"] == "gemini-2.5-flash"
    assert response["createTime"] == NOW
    # Nobody has counted them.
    assert "usageMetadata" not in response


def test_a_dict_is_the_response() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}}

    assert answer_of(responder(lambda request: blocked), asked(saying("Hi"))) == blocked


def test_a_function_may_want_to_know_more() -> None:
    seen: list[Context] = []

    def curious(request: Json, context: Context) -> str:
        seen.append(context)
        return context.read("gs://bucket/note.txt").decode()

    ask = asked(saying("Hi"), key="row-1", files=Files(note=b"From the file"))

    assert text_of(answer_of(responder(curious), ask)) == "From the file"
    assert (seen[0].key, seen[0].model) == ("row-1", MODEL)


def test_what_it_raises_makes_a_failed_row_with_type_and_message() -> None:
    def bad(request: Json) -> str:
        raise LookupError("no such customer")

    assert failure(bad) == {
        "code": 500,
        "message": "LookupError: no such customer",
        "status": "INTERNAL",
    }


@pytest.mark.parametrize("end", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_not_even_the_end_of_the_program_ends_the_worker(end: BaseException) -> None:
    def leaving(request: Json) -> str:
        raise end

    assert type(end).__name__ in failure(leaving)["message"]


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (None, "TypeError: returns returned NoneType, not text"),
        (7, "TypeError: returns returned int"),
        ({"a": object()}, "The response is no JSON: TypeError"),
        ({"a": float}, "The response is no JSON: TypeError"),
    ],
)
def test_what_is_no_answer_makes_a_failed_row(returned: Any, says: str) -> None:
    def returns(request: Json) -> Any:
        return returned

    assert says in failure(returns)["message"]


@pytest.mark.parametrize("at_once", [1, 3])
def test_it_is_called_for_one_row_at_a_time_unless_told_otherwise(at_once: int) -> None:
    now, most, lock = 0, 0, threading.Lock()
    all_there = threading.Barrier(at_once)

    def counting(request: Json) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        all_there.wait(10)
        with lock:
            now -= 1
        return "yes"

    counted = responder(counting, at_once)
    futures = [counted.begin(asked(saying(f"{n}"))) for n in range(3 * at_once)]

    assert {text_of(each.result(20)) for each in futures} == {"yes"}
    assert most == at_once


def loaded(file: Path, text: str, function: str = "answer") -> Callable[..., Any]:
    file.write_text(text)
    return load_function(parse(f"python:{file}:{function}"))


def test_a_file_may_import_what_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside_the_responder.py").write_text("WORD = 'beside'\n")
    function = loaded(
        tmp_path / "my-model.py",
        "from beside_the_responder import WORD\ndef answer(request): return WORD\n",
    )

    assert function({}) == "beside"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import not_installed_anywhere\n", "-m pip install not_installed_anywhere"),
        ("def answer(request:\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("raise SystemExit\n", "SystemExit"),
        ("def other(request): ...\n", "has no function answer: it has other"),
        ("answer = 7\n", "has no function answer: it has none at all"),
        ("async def answer(request): ...\n", "?at_once=8"),
        ("def answer(): ...\n", "answer() takes neither"),
        ("def answer(a, b, c): ...\n", "answer(a, b, c) takes neither"),
    ],
)
def test_what_can_t_be_loaded_is_told_with_its_place(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "mine.py"

    with pytest.raises(ResponderError) as refused:
        loaded(file, text)

    assert says in str(refused.value).replace("answer(request:", "")
    assert str(file) in str(refused.value)


def test_a_module_that_is_not_there_is_told_with_where_it_is_looked_for() -> None:
    with pytest.raises(ResponderError, match="PYTHONPATH"):
        load_function(parse("python:no_such_module:answer"))


def test_a_module_is_found_as_python_finds_it() -> None:
    assert load_function(parse("python:json:dumps")) is json.dumps
