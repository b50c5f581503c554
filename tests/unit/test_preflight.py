"""
The check of a drop's content, where the corpus of bad input (`tests/corpus/`) has no
case: what runs, and what is refused for the importer's or the service's sake.
"""

import json
from typing import Any

import pytest

from shared.fields import DEEPEST
from shared.problems import Code, Odd
from tests.contents import GOOD, check, line, only, row

ACCEPTED = {
    "youtube, where a route allows it": line(
        row(
            {
                "fileData": {
                    "fileUri": "https://www.youtube.com/watch?v=x",
                    "mimeType": "video/mp4",
                }
            }
        )
    ),
    "no role": b'{"request":{"contents":[{"parts":[{"text":"x"}]}]}}\n',
    "inline data": line(
        row({"inlineData": {"data": "aGk=", "mimeType": "text/plain"}})
    ),
    "a function call": line(
        row({"functionCall": {"name": "f", "args": {"a": 1}}}, role="model")
    ),
    "explicit nulls, as the service echoes them": line(
        row(
            systemInstruction=None,
            generationConfig=None,
            cachedContent=None,
            tools=None,
        )
    ),
    "base64 for addresses, without padding": line(
        row({"inlineData": {"data": "aG-_aGk", "mimeType": "text/plain"}})
    ),
    "both spellings, in different rows": line(
        row({"fileData": {"fileUri": "gs://media/x", "mimeType": "a/b"}})
    )
    + line(row({"file_data": {"file_uri": "gs://media/x", "mime_type": "a/b"}})),
    "a caller's own names": line(
        row(
            {
                "functionCall": {
                    "name": "f",
                    "args": {"file_uri": "gs://x/y", "fileUri": "z"},
                }
            },
            role="model",
        )
    ),
    "a thought beside a text": line(row({"text": "x", "thought": True}, role="model")),
    "whole and broken numbers at one path": line(
        row(generationConfig={"temperature": 1})
    )
    + line(row(generationConfig={"temperature": 0.5})),
    "null where others have a value": line(row(labels={"a": None}))
    + line(row(labels={"a": "b"})),
    "deepest": line(row(labels=[{"a": 1}])).replace(
        b'[{"a": 1}]', b'{"x":' * (DEEPEST - 1) + b"1" + b"}" * (DEEPEST - 1)
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_runs(name: str) -> None:
    verdict = check(ACCEPTED[name])

    assert verdict.problems == ()
    assert verdict.rows >= 1


C = Code
PATHS: dict[str, tuple[Any, Code, str]] = {
    "a role that is a list": (
        row(role=["user"]),  # type: ignore[arg-type]  # it is wrong
        C.BAD_REQUEST,
        "$.request.contents[].role",
    ),
    "parts that are a number": (
        row({"functionResponse": {"name": "f", "parts": 5}}),
        C.BAD_REQUEST,
        "$.request.contents[].parts[].functionResponse.parts",
    ),
    "data that is a list": (
        row({"inlineData": {"data": ["a"], "mimeType": "a/b"}}),
        C.BAD_REQUEST,
        "$.request.contents[].parts[].inlineData.data",
    ),
    "retrieval from a data store": (
        row(tools=[{"retrieval": {"vertexAiSearch": {"datastore": "projects/p"}}}]),
        C.NOT_SUPPORTED,
        "$.request.tools[].retrieval",
    ),
    "tools in another spelling": (
        row(Tools=[{"retrieval": {"vertexAiSearch": {"datastore": "projects/p"}}}]),
        C.BAD_REQUEST,
        "$.request.Tools",
    ),
    "cached content in another spelling": (
        row(cachedcontent="projects/p"),
        C.BAD_REQUEST,
        "$.request.cachedcontent",
    ),
    "a server as a tool": (
        row(tools=[{"mcp_servers": [{"url": "http://169.254.169.254/"}]}]),
        C.NOT_SUPPORTED,
        "$.request.tools[].mcp_servers",
    ),
    "cached content": (
        row(cachedContent="projects/p"),
        C.NOT_SUPPORTED,
        "$.request.cachedContent",
    ),
    "an empty struct": (
        row(tools=[{"googleSearch": {}}]),
        C.EMPTY_STRUCT,
        "$.request.tools[].googleSearch",
    ),
    "a field name with a dollar": (
        row(generationConfig={"responseJsonSchema": {"$defs": {"a": 1}}}),
        C.BAD_FIELD_NAME,
        "$.request.generationConfig.responseJsonSchema",
    ),
    "null in a list": (
        row(labels={"a": ["x", None]}),
        C.NULL_IN_LIST,
        "$.request.labels.a",
    ),
    "a list of lists": (
        row(labels={"a": [["x"]]}),
        C.MIXED_TYPES,
        "$.request.labels.a",
    ),
    "too deep": (
        json.loads(ACCEPTED["deepest"].replace(b'"x":1', b'"x":{"x":1}')),
        C.TOO_DEEP,
        "$.request.labels" + ".x" * (DEEPEST - 1),
    ),
}


@pytest.mark.parametrize("name", PATHS)
def test_it_is_refused_and_says_at_which_path(name: str) -> None:
    value, code, path = PATHS[name]

    assert only(line(value)) == (code, 1, 0, path)


ODD = {
    Odd.CARRIAGE_RETURN: GOOD.replace(b"\n", b"\r\n"),
    Odd.NUL_CHARACTER: line(row({"text": "a\0b"})),
    Odd.UNKNOWN_FIELD: line(row(newThing="x")),
    Odd.MODEL_IN_ROW: line({**row(), "model": "gemini-x"}),
    Odd.REPEATED_KEY: line({**row(), "key": "a"}) * 2,
}


def test_all_that_is_odd_is_tried_but_what_is_told_of_a_job() -> None:
    assert set(Odd) - ODD.keys() == {Odd.CREATE_IN_DOUBT, Odd.SECOND_JOB}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_runs_and_is_told(odd: Odd) -> None:
    verdict = check(GOOD + ODD[odd])

    assert verdict.problems == ()
    (oddity,) = verdict.warnings
    assert (oddity.code, oddity.rows) == (odd, 1)
    assert oddity.first_line == (3 if odd is Odd.REPEATED_KEY else 2)
    assert odd.meaning


def test_rows_with_one_key_are_not_said_to_be_told_apart_by_what_no_answer_has() -> (
    None
):
    """An answer echoes its row, request and key, and not the row's place."""
    (oddity,) = check(ODD[Odd.REPEATED_KEY]).warnings

    assert "only the request that each repeats" in oddity.message
