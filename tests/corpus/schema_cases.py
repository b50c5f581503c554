"""Cases 59 to 77: JSON that is no Gemini request, or one that a batch can't run."""

import json
from typing import Any

from shared.preflight import REPORTED
from shared.problems import Code, Odd
from tests.canary import CANARY
from tests.corpus.cases import GOOD, Case, accepted, rejected

_PARTS = "$.request.contents[].parts"
_URI = f"{_PARTS}[].fileData.fileUri"


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _request(**fields: Any) -> bytes:
    return _line({"request": fields})


def _content(content: Any, **fields: Any) -> bytes:
    return _request(contents=[content], **fields)


def _part(**members: Any) -> bytes:
    return _content({"role": "user", "parts": [members]})


def _file(uri: str) -> bytes:
    return _part(fileData={"fileUri": uri, "mimeType": "image/png"})


def _hello(**fields: Any) -> bytes:
    return _content({"role": "user", "parts": [{"text": CANARY}]}, **fields)


def _key(**more: Any) -> bytes:
    return _line({**json.loads(GOOD), **more})


_NO_REQUEST = {
    (59, "no request"): (_line({"key": CANARY}), Code.NO_REQUEST, ""),
    (60, "request null"): (
        _line({"request": None, "key": CANARY}),
        Code.NO_REQUEST,
        "$.request",
    ),
    (69, "a line of OpenAI"): (
        _line(
            {
                "custom_id": "1",
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": {"messages": [{"role": "user", "content": CANARY}]},
            }
        ),
        Code.OTHER_FORMAT,
        "",
    ),
    (69, "a line of Anthropic"): (
        _line(
            {
                "custom_id": "1",
                "params": {"messages": [{"role": "user", "content": CANARY}]},
            }
        ),
        Code.OTHER_FORMAT,
        "",
    ),
}

_WRONG = {
    (61, "empty contents"): (_request(contents=[]), "$.request.contents"),
    (61, "no contents"): (_request(labels={"a": CANARY}), "$.request.contents"),
    (62, "empty parts"): (_content({"role": "user", "parts": []}), _PARTS),
    (62, "no parts"): (_content({"role": "user"}), _PARTS),
    (64, "two data members in a part"): (
        _part(text=CANARY, inlineData={"data": "aGk=", "mimeType": "a/b"}),
        f"{_PARTS}[]",
    ),
    (64, "no data member in a part"): (_part(thought=True), f"{_PARTS}[]"),
    (65, "unknown role"): (
        _content({"role": CANARY, "parts": [{"text": "x"}]}),
        "$.request.contents[].role",
    ),
    (66, "number as string"): (
        _hello(generationConfig={"temperature": "0.4"}),
        "$.request.generationConfig.temperature",
    ),
    (66, "bool as number"): (
        _hello(generationConfig={"maxOutputTokens": True}),
        "$.request.generationConfig.maxOutputTokens",
    ),
    (73, "missing mimeType"): (
        _part(fileData={"fileUri": f"gs://media/{CANARY}.png"}),
        f"{_PARTS}[].fileData.mimeType",
    ),
    (73, "mimeType of one word"): (
        _part(inlineData={"data": "aGk=", "mimeType": CANARY}),
        f"{_PARTS}[].inlineData.mimeType",
    ),
    (74, "bad base64"): (
        _part(inlineData={"data": f"{CANARY}$", "mimeType": "a/b"}),
        f"{_PARTS}[].inlineData.data",
    ),
    (74, "cut base64"): (
        _part(inlineData={"data": "aGkxa", "mimeType": "a/b"}),
        f"{_PARTS}[].inlineData.data",
    ),
}

_NOT_ALLOWED = {
    (72, "another bucket"): f"gs://secret/{CANARY}.png",
    (72, "a bucket with the name before it"): f"gs://media-other/{CANARY}.png",
    (72, "a way upwards"): f"gs://media/../secret/{CANARY}.png",
    (72, "https"): f"https://example.org/{CANARY}.png",
    (72, "a metadata server"): f"http://169.254.169.254/{CANARY}",
    (72, "a user in the address"): f"https://{CANARY}@media/x.png",
    (72, "a file"): f"file:///etc/{CANARY}",
    (77, "a file of the Gemini Developer API"): (
        f"https://generativelanguage.googleapis.com/v1beta/files/{CANARY}"
    ),
}

_UNKNOWN = {
    "in the request": _hello(newThing=CANARY),
    "in a content": _content({"parts": [{"text": "x"}], "newThing": CANARY}),
    "in a part": _part(text="x", newThing=CANARY),
    "in generationConfig": _hello(generationConfig={"newThing": CANARY}),
}

SCHEMA_CASES: tuple[Case, ...] = (
    *(
        rejected(number, name, code, GOOD + b"^^" + row, path=path)
        for (number, name), (row, code, path) in _NO_REQUEST.items()
    ),
    *(
        rejected(number, name, Code.BAD_REQUEST, GOOD + b"^^" + row, path=path)
        for (number, name), (row, path) in _WRONG.items()
    ),
    rejected(
        63, "empty part", Code.EMPTY_STRUCT, GOOD + b"^^" + _part(), path=f"{_PARTS}[]"
    ),
    rejected(
        66,
        "number as text",
        Code.BAD_REQUEST,
        b"^^" + _part(text=7) + GOOD,
        path=f"{_PARTS}[].text",
        problems=2,
    ),
    rejected(
        66,
        "number as text, after a text",
        Code.MIXED_TYPES,
        GOOD + b"^^" + _part(text=7),
        path=f"{_PARTS}[].text",
    ),
    accepted(
        67,
        "snake_case",
        _request(
            contents=[
                {
                    "parts": [
                        {
                            "file_data": {
                                "file_uri": f"gs://media/{CANARY}.png",
                                "mime_type": "image/png",
                            }
                        }
                    ]
                }
            ],
            system_instruction={"parts": [{"text": "x"}]},
            generation_config={"top_p": 0.5},
        ),
    ),
    *(
        accepted(68, f"unknown field {where}", row, Odd.UNKNOWN_FIELD)
        for where, row in _UNKNOWN.items()
    ),
    accepted(70, "model in a row", _key(model=CANARY), Odd.MODEL_IN_ROW),
    accepted(71, "key twice", _key(key=CANARY) * 2, Odd.REPEATED_KEY, rows=2),
    accepted(
        71, "custom_id twice", _key(custom_id=CANARY) * 2, Odd.REPEATED_KEY, rows=2
    ),
    *(
        rejected(
            number, name, Code.MEDIA_NOT_ALLOWED, GOOD + b"^^" + _file(uri), path=_URI
        )
        for (number, name), uri in _NOT_ALLOWED.items()
    ),
    rejected(
        75,
        "good and bad rows",
        Code.NO_REQUEST,
        GOOD + b"^^" + _line({"key": CANARY}) + (GOOD + b"{}\n") * (REPORTED + 49),
        problems=REPORTED + 50,
    ),
    rejected(
        76,
        "CSV",
        Code.NOT_JSON,
        b"^^key,prompt\nrow-1," + CANARY.encode() + b"\n",
        problems=2,
    ),
    rejected(
        76,
        "CSV in quotes",
        Code.NOT_JSON,
        b'"key"^^,"prompt"\n"row-1","' + CANARY.encode() + b'"\n',
        problems=2,
    ),
)
