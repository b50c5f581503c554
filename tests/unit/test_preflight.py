"""The check of a drop's content: what runs, what is odd, what is refused and where."""

import json
from typing import Any

import pytest

from shared.fields import DEEPEST
from shared.problems import Code, Odd
from tests.contents import GOOD, check, line, only, row, text_row

ACCEPTED = {
    "one row": GOOD,
    "no final newline": GOOD.rstrip(),
    "empty lines at the end": GOOD + b"\n\n",
    "line separators in a string": line(row({"text": "a\u2028b\u2029c\x85d"})),
    "raw line separators": '{"request":{"contents":[{"role":"user","parts":'
    '[{"text":"a\u2028b\x85c"}]}]}}\n'.encode(),
    "snake case": b'{"request":{"contents":[{"role":"user","parts":[{"file_data":'
    b'{"file_uri":"gs://media/x.png","mime_type":"image/png"}}]}],'
    b'"system_instruction":{"parts":[{"text":"x"}]}}}\n',
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


HEAD = len(text_row("").split(b'""')[0]) + 1
C = Code
REFUSED: dict[str, tuple[bytes, tuple[Code, int, int, str]]] = {
    "nothing": (b"", (C.EMPTY_FILE, 0, 0, "")),
    "only newlines": (b"\n\n\n", (C.EMPTY_FILE, 0, 0, "")),
    "gzip": (b"\x1f\x8b\x08rest", (C.NOT_TEXT, 1, 0, "")),
    "zip": (b"PK\x03\x04", (C.NOT_TEXT, 1, 0, "")),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, (C.BYTE_ORDER_MARK, 1, 0, "")),
    "UTF-16": ("{}".encode("utf-16"), (C.NOT_UTF8, 1, 0, "")),
    "UTF-32 without a mark": ("{}".encode("utf-32-be"), (C.NOT_UTF8, 1, 0, "")),
    "a byte that is none": (
        GOOD + text_row("\x00").replace(b"\x00", b"\xff"),
        (C.NOT_UTF8, 2, len(GOOD) + HEAD, ""),
    ),
    "an overlong form": (
        text_row("\x00").replace(b"\x00", b"\xc0\xaf"),
        (C.NOT_UTF8, 1, HEAD, ""),
    ),
    "an encoded surrogate": (
        text_row("\x00").replace(b"\x00", b"\xed\xa0\x80"),
        (C.NOT_UTF8, 1, HEAD, ""),
    ),
    "a cut character": (b'{"request":"\xe2\x82', (C.NOT_UTF8, 1, 12, "")),
    "a tab in a string": (text_row("\t"), (C.NOT_JSON, 1, HEAD, "")),
    "NUL bytes at the end": (
        GOOD.rstrip() + b"\0\0",
        (C.NOT_JSON, 1, len(GOOD) - 1, ""),
    ),
    "a lone surrogate": (text_row("\\ud800"), (C.NOT_JSON, 1, 0, "")),
    "an empty line between rows": (
        GOOD + b"\n" + GOOD,
        (C.EMPTY_LINE, 2, len(GOOD), ""),
    ),
    "a line of spaces": (GOOD + b"   \n", (C.NOT_JSON, 2, len(GOOD) + 3, "")),
    "a cut line": (b'{"request":', (C.NOT_JSON, 1, 11, "")),
    "two values": (GOOD.rstrip() * 2, (C.NOT_JSON, 1, len(GOOD) - 1, "")),
    "carriage returns only": (
        GOOD.rstrip() + b"\r" + GOOD.rstrip(),
        (C.NOT_JSON, 1, len(GOOD), ""),
    ),
    "a list": (b"[1]\n", (C.NOT_AN_OBJECT, 1, 0, "")),
    "null": (b"null\n", (C.NOT_AN_OBJECT, 1, 0, "")),
    "no request": (b'{"key":"a"}\n', (C.NO_REQUEST, 1, 0, "")),
    "request null": (b'{"request":null}\n', (C.NO_REQUEST, 1, 0, "$.request")),
    "OpenAI": (
        b'{"custom_id":"a","method":"POST","url":"/v1","body":{"model":"x"}}',
        (C.OTHER_FORMAT, 1, 0, ""),
    ),
    "Anthropic": (
        b'{"custom_id":"a","params":{"model":"x"}}',
        (C.OTHER_FORMAT, 1, 0, ""),
    ),
    "nested for ever": (
        b'{"request":' + b"[" * 100_000,
        (C.TOO_DEEP, 1, 0, ""),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_says_where(name: str) -> None:
    content, expected = REFUSED[name]

    assert only(content) == expected


PATHS: dict[str, tuple[Any, Code, str]] = {
    "no contents": (
        {"request": {"labels": {"a": "b"}}},
        C.BAD_REQUEST,
        "$.request.contents",
    ),
    "empty contents": (
        {"request": {"contents": []}},
        C.BAD_REQUEST,
        "$.request.contents",
    ),
    "empty parts": (
        {"request": {"contents": [{"role": "user", "parts": []}]}},
        C.BAD_REQUEST,
        "$.request.contents[].parts",
    ),
    "an empty part": (row({}), C.EMPTY_STRUCT, "$.request.contents[].parts[]"),
    "two data members": (
        row({"text": "x", "inlineData": {"data": "aGk=", "mimeType": "a/b"}}),
        C.BAD_REQUEST,
        "$.request.contents[].parts[]",
    ),
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
    "cut base64": (
        row({"inlineData": {"data": "aGkxa", "mimeType": "a/b"}}),
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
    "unknown role": (row(role="tester"), C.BAD_REQUEST, "$.request.contents[].role"),
    "a number as a text": (
        row({"text": 1}),
        C.BAD_REQUEST,
        "$.request.contents[].parts[].text",
    ),
    "a string as a number": (
        row(generationConfig={"temperature": "0.4"}),
        C.BAD_REQUEST,
        "$.request.generationConfig.temperature",
    ),
    "true as a number": (
        row(generationConfig={"maxOutputTokens": True}),
        C.BAD_REQUEST,
        "$.request.generationConfig.maxOutputTokens",
    ),
    "more than 32 bits": (
        row(generationConfig={"seed": 2**63}),
        C.BAD_REQUEST,
        "$.request.generationConfig.seed",
    ),
    "bad base64": (
        row({"inlineData": {"data": "a$", "mimeType": "a/b"}}),
        C.BAD_REQUEST,
        "$.request.contents[].parts[].inlineData.data",
    ),
    "no mimeType": (
        row({"fileData": {"fileUri": "gs://media/x"}}),
        C.BAD_REQUEST,
        "$.request.contents[].parts[].fileData.mimeType",
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


@pytest.mark.parametrize("odd", Odd)
def test_what_is_odd_runs_and_is_told(odd: Odd) -> None:
    verdict = check(GOOD + ODD[odd])

    assert verdict.problems == ()
    (oddity,) = verdict.warnings
    assert (oddity.code, oddity.rows) == (odd, 1)
    assert oddity.first_line == (3 if odd is Odd.REPEATED_KEY else 2)
    assert odd.meaning
