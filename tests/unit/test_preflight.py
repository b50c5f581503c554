"""The check of a drop's content: what runs, what is odd, what is refused and where."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decoding import MAX_LINE, MOST_TOKENS
from shared.drops import Drop
from shared.fields import DEEPEST, MOST_FIELDS
from shared.preflight import REPORTED, Preflight, StopReading
from shared.problems import Code, Odd
from shared.routes import Limits
from shared.verdicts import Verdict, check_envelope
from tests.fakes import START

MEDIA = ["gs://media/", "https://www.youtube.com/"]


def check(content: bytes, *, limits: Limits | None = None, step: int = 8192) -> Verdict:
    preflight = Preflight(limits or Limits(), MEDIA)
    try:
        for start in range(0, len(content), step):
            preflight.feed(content[start : start + step])
        return preflight.finish()
    except StopReading:
        return preflight.verdict()


def row(*parts: Any, role: str | None = "user", **more: Any) -> dict[str, Any]:
    content = {"role": role, "parts": list(parts or [{"text": "hi"}])}
    return {"request": {"contents": [content], **more}}


def line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


GOOD = line(row())


def only(content: bytes, **options: Any) -> tuple[Code, int, int, str]:
    verdict = check(content, **options)
    assert verdict.problem_count == 1, verdict.problems
    (problem,) = verdict.problems
    return problem.code, problem.line, problem.offset, problem.path


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


def _request(text: str) -> bytes:
    return b'{"request":{"contents":[{"role":"user","parts":[{"text":"%s"}]}]}}' % (
        text.encode()
    )


HEAD = len(_request("").split(b'""')[0]) + 1
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
        GOOD + _request("\x00").replace(b"\x00", b"\xff"),
        (C.NOT_UTF8, 2, len(GOOD) + HEAD, ""),
    ),
    "an overlong form": (
        _request("\x00").replace(b"\x00", b"\xc0\xaf"),
        (C.NOT_UTF8, 1, HEAD, ""),
    ),
    "an encoded surrogate": (
        _request("\x00").replace(b"\x00", b"\xed\xa0\x80"),
        (C.NOT_UTF8, 1, HEAD, ""),
    ),
    "a cut character": (b'{"request":"\xe2\x82', (C.NOT_UTF8, 1, 12, "")),
    "a tab in a string": (_request("\t"), (C.NOT_JSON, 1, HEAD, "")),
    "NUL bytes at the end": (
        GOOD.rstrip() + b"\0\0",
        (C.NOT_JSON, 1, len(GOOD) - 1, ""),
    ),
    "a lone surrogate": (_request("\\ud800"), (C.NOT_JSON, 1, 0, "")),
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


@pytest.mark.parametrize(
    "uri",
    [
        "gs://secret/x.png",
        "gs://media",
        "gs://media-other/x.png",
        "gs://media/../secret/x.png",
        "GS://media/x.png",
        " gs://media/x.png",
        "http://media/x.png",
        "https://user@www.youtube.com/x",
        "https://www.youtube.com.evil.example/x",
        "https://169.254.169.254/computeMetadata/v1/",
        "https://www.youtube.com/a/%2e%2e/b",
        "https://www.youtube.com/a/.%2E%2fb",
        "https://www.youtube.com/a/..?v=x",
        "https://www.youtube.com/a/..#x",
        "https://www.youtube.com/a/..\\x",
        "https://www.youtube.com/a/.\t./x",
        "gs://media/" + "ab/" * 700,
        "https://generativelanguage.googleapis.com/v1beta/files/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_media_outside_the_routes_prefixes_is_refused(uri: str) -> None:
    """Neither our rights nor the Vertex agent's are lent to whoever drops a file."""
    evil = {"fileUri": uri, "mimeType": "image/png"}
    good = {"fileUri": "gs://media/x.png", "mimeType": "image/png"}
    for part in (
        {"fileData": evil},
        {"file_data": {"file_uri": uri, "mime_type": "image/png"}},
        {"functionResponse": {"name": "f", "parts": [{"fileData": evil}]}},
        {"function_response": {"name": "f", "Parts": [{"FileData": evil}]}},
        {"text": "x", "toolResponse": {"parts": [{"fileData": evil}]}},
        {"text": "x", "newThing": {"file_uri": [uri]}},
        {"fileData": good, "file_data": evil},
        {"fileData": {**good, "file_uri": uri}},
        {"fileData": {**good, "FILEURI": uri}},
    ):
        verdict = check(line(row(part)))
        assert verdict.problem_count == 1, part
        assert uri == "" or uri not in repr(verdict)


def test_media_are_looked_for_wherever_a_request_may_hold_them() -> None:
    evil = {"parts": [{"fileData": {"fileUri": "gs://evil/x", "mimeType": "a/b"}}]}
    good = {"parts": [{"text": "x"}]}

    for more in (
        {"systemInstruction": evil},
        {"system_instruction": evil},
        {"systemInstruction": good, "system_instruction": evil},
        {"SYSTEMINSTRUCTION": evil},
        {"somethingNew": [evil]},
    ):
        assert check(line(row(**more))).problem_count == 1, more


@pytest.mark.parametrize(
    "names", [("a", "A"), ("fileData", "file_data"), ("text", "Text")]
)
def test_two_names_that_may_be_read_as_one_are_refused(names: tuple[str, str]) -> None:
    twins = dict.fromkeys(names, "x")

    assert only(line(row(**twins)))[0] == Code.DUPLICATE_FIELD


@pytest.mark.parametrize(
    "text",
    ['{"text":"x","text":"y"}', '{"text":"x","\\u0074ext":"y"}'],
)
def test_a_field_that_is_there_twice_is_refused(text: str) -> None:
    content = GOOD.replace(b'{"text": "hi"}', text.encode())

    assert only(content)[0] == Code.DUPLICATE_FIELD


@pytest.mark.parametrize(
    "text", [r"a:b", r"\u003a", r"\u003A:", r"\\u003a", r"\\\u003a", r"\u003b"]
)
def test_colons_in_texts_are_no_fields(text: str) -> None:
    assert check(GOOD.replace(b'"hi"', f'"{text}"'.encode())).problems == ()


def test_a_colon_can_not_hide_a_field_that_is_there_twice() -> None:
    twice = GOOD.replace(b'"role": "user"', b'"role": "user", "role": "user"')

    for text in (b":", b"\\u003a", b"\\\\u003a"):
        content = twice.replace(b'"hi"', b'"%s"' % text)
        assert only(content)[0] == Code.DUPLICATE_FIELD


def test_a_path_must_have_one_type_over_the_whole_file() -> None:
    content = GOOD * 5 + line({**row(), "key": "a"}) + line({**row(), "key": 1})

    assert only(content) == (
        Code.MIXED_TYPES,
        7,
        len(content) - len(line({**row(), "key": 1})),
        "$.key",
    )


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


def test_all_problems_are_counted_and_the_first_hundred_kept() -> None:
    verdict = check((GOOD + b"{}\n") * 150)

    assert verdict.rows == 300
    assert verdict.problem_count == 150
    assert len(verdict.problems) == REPORTED
    assert verdict.problems[-1].line == 2 * REPORTED


def test_a_row_too_many_stops_the_reading() -> None:
    preflight = Preflight(Limits(rows=2), MEDIA)

    with pytest.raises(StopReading):
        preflight.feed(GOOD * 10_000)

    assert only(GOOD * 3, limits=Limits(rows=2))[:2] == (Code.TOO_MANY_ROWS, 3)


def test_more_bytes_than_the_event_said_stop_the_reading() -> None:
    assert only(GOOD * 3, limits=Limits(bytes=len(GOOD)))[0] == Code.TOO_LARGE


def test_a_line_over_the_cap_is_refused_without_being_held() -> None:
    preflight = Preflight(Limits(), MEDIA)
    chunk = b"x" * (1 << 20)

    preflight.feed(GOOD)
    for _ in range(MAX_LINE // len(chunk)):
        preflight.feed(chunk)
    with pytest.raises(StopReading):
        preflight.feed(chunk)

    (problem,) = preflight.verdict().problems
    assert (problem.code, problem.line) == (Code.LINE_TOO_LONG, 2)


def test_a_line_of_many_small_values_is_refused_before_it_is_parsed() -> None:
    bomb = b'{"a":[' + b"1," * MOST_TOKENS + b"1]}\n"

    assert only(bomb, step=1 << 20)[0] == Code.LINE_TOO_COMPLEX


@pytest.mark.parametrize(
    ("wide", "share"), [("😀", 11), ("ж", 19), ("\\ud83d\\ude00", 11)]
)
def test_a_line_is_refused_by_what_it_takes_and_not_by_its_length(
    wide: str, share: int
) -> None:
    """One wide character makes a whole text take two or four bytes a character."""
    length = share * 1024 * 1024

    assert check(_request(wide + "x" * (length - 100)), step=1 << 20).problems == ()
    wider = _request(wide + "x" * (length + (1 << 20)))
    assert only(wider, step=1 << 20)[0] == Code.LINE_TOO_COMPLEX
    assert check(_request("x" * (MAX_LINE - 100)), step=1 << 20).problems == ()


@pytest.mark.parametrize(
    "content",
    [
        b'{"request":{"a_' + b"x_" * (8 << 20) + b'":1}}',
        b'{"request":{"contents":[{"parts":[{"a_' + b"x_" * (8 << 20) + b'":1}]}]}}',
        _request("x" * (8 << 20))[:-3],
        line(row({"fileData": {"fileUri": "gs://media/" + "ab/" * (4 << 20),
                               "mimeType": "a/b"}})),
        _request("\\n" * (8 << 20) + "\\u003a"),
        b"\n" * (1 << 20),
    ],
    ids=["name", "name in a part", "cut", "URI", "escapes", "newlines"],
)  # fmt: skip
def test_no_line_takes_much_more_memory_than_it_is_long(content: bytes) -> None:
    tracemalloc.start()
    try:
        check(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 5 * len(content) + (4 << 20)


def test_empty_lines_without_end_are_not_read() -> None:
    limits = Limits(rows=10)

    assert only(b"\n" * 1000, limits=limits)[:2] == (Code.TOO_MANY_ROWS, 21)


def test_fields_without_end_are_refused() -> None:
    rows = b"".join(line(row(labels={f"l{n}": "x"})) for n in range(MOST_FIELDS + 1))

    assert only(rows)[0] == Code.TOO_MANY_FIELDS


def drop(**changes: Any) -> Drop:
    given: dict[str, Any] = {
        "bucket": "inbox",
        "name": "in/a.jsonl",
        "generation": 1,
        "size": 10,
        "crc32c": "",
        "dropped_at": START,
        **changes,
    }
    return Drop(**given)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 0}, Code.EMPTY_FILE),
        ({"size": 10**9 + 1}, Code.TOO_LARGE),
        ({"content_encoding": "gzip"}, Code.COMPRESSED),
    ],
)
def test_some_drops_are_refused_unread(changes: dict[str, Any], code: Code) -> None:
    problem = check_envelope(drop(**changes), Limits())

    assert problem is not None
    assert problem.code == code
    assert check_envelope(drop(), Limits()) is None


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\n", b"\\", b"\xff", b"\xe2\x82", b"0",
     b'{"request":', b'"contents"', b"null", b"1e999", b"\0", b"\r", GOOD]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(b"".join), st.integers(1, 9))
def test_nothing_but_a_verdict_comes_out(content: bytes, step: int) -> None:
    """And it is the same however the bytes are cut on their way."""
    assert check(content, step=step) == check(content, step=1 << 20)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**70), 2**70) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["request", "contents", "role", "parts", "text", "inlineData", "data",
             "fileData", "file_uri", "fileUri", "mimeType", "functionResponse", "tools",
             "response", "systemInstruction", "generationConfig", "seed", "key", "$x"]
        ),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    JSON, st.sampled_from(["request", "content", "part", "file", "inline", "answer"])
)
def test_no_value_anywhere_brings_anything_but_a_verdict(
    value: Any, where: str
) -> None:
    rows: dict[str, Any] = {
        "request": {"request": value},
        "content": {"request": {"contents": [value]}},
        "part": row(value),
        "file": row({"fileData": value}),
        "inline": row({"inlineData": value}),
        "answer": row({"functionResponse": value}),
    }

    check(json.dumps(rows[where]).encode())


@given(st.binary(max_size=200))
def test_nothing_of_the_content_is_in_the_verdict(noise: bytes) -> None:
    canary = b"canary-7f3a"
    content = GOOD + noise + canary + noise + b"\n" + b'{"' + canary + b'":1}\n'

    assert canary.decode() not in repr(check(content))
