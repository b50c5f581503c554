"""Names and addresses: what a request may fetch, and fields that may be one."""

import pytest

from shared.problems import Code
from tests.contents import GOOD, check, line, only, row


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


def test_a_file_of_the_developer_api_is_told_where_to_lie() -> None:
    """It is nowhere else, and no prefix could be widened for it."""
    uri = "https://generativelanguage.googleapis.com/v1beta/files/x"
    part = {"fileData": {"fileUri": uri, "mimeType": "image/png"}}

    (problem,) = check(line(row(part))).problems

    assert "upload it to a bucket" in problem.message
    assert "gs://" in problem.message


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
