"""
Good lines made bad, at random and from a seed: bytes flipped, cut, doubled and
spliced, values swapped for others, names doubled, nesting without end.

The canary is in every string that may be one; no mutation makes it a field's name.
"""

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.canary import CANARY

Json = Any


def _row(*parts: Json, **more: Json) -> Json:
    return {"request": {"contents": [{"role": "user", "parts": list(parts)}], **more}}


_FILE = {"fileUri": f"gs://media/{CANARY}.png", "mimeType": "image/png"}
GOOD_ROWS: tuple[Json, ...] = (
    _row({"text": CANARY}),
    {"key": CANARY, **_row({"text": f"{CANARY} \u2028 \u00e9 \U0001f600 \\ \" : \n"})},
    _row({"fileData": _FILE}, {"text": CANARY}),
    _row({"file_data": {"file_uri": _FILE["fileUri"], "mime_type": "image/png"}}),
    _row({"inlineData": {"data": CANARY, "mimeType": "text/plain"}}),
    _row({"functionCall": {"name": "f", "args": {"a": [1, 2.5, -3e9], "b": CANARY}}}),
    _row({"functionResponse": {"name": "f", "response": {"a": CANARY},
                               "parts": [{"fileData": _FILE}]}}),
    _row({"text": CANARY}, systemInstruction={"parts": [{"text": CANARY}]}),
    _row({"text": CANARY}, generationConfig={
        "temperature": 0.5, "topK": 3, "maxOutputTokens": 64, "stopSequences": [CANARY],
        "responseSchema": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}}),
    _row({"text": CANARY}, tools=[{"functionDeclarations": [{"name": "f"}]}],
         labels={"team": CANARY}),
    _row({"text": CANARY, "thought": True}, safetySettings=[
        {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]),
    {"custom_id": CANARY, "model": CANARY, **_row({"text": CANARY}, tools=None)},
)  # fmt: skip

_NAMES = (
    "request", "contents", "role", "parts", "text", "Text", "inlineData", "inline_data",
    "data", "fileData", "file_data", "fileUri", "FILE_URI", "mimeType", "functionCall",
    "functionResponse", "args", "response", "systemInstruction", "system_instruction",
    "generationConfig", "temperature", "seed", "tools", "retrieval", "mcp_servers",
    "cachedContent", "cachedcontent", "labels", "key", "$defs", "a b", "", "_", "9a",
    "newThing", "a" * 301, "custom_id", "params", "method", "url", "body",
)  # fmt: skip
_VALUES: tuple[Json, ...] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**64, 10**400, 1e300, "", CANARY,
    "user", "model", "aGk=", "a/b", "gs://media/x", f"gs://secret/{CANARY}",
    "gs://media/../x", "https://169.254.169.254/", "\0", "\ud800", "\udc00\ud800",
    "\u2028", "x" * 3_000, [], {}, [[]], [None], [1, "a"], [{}], {"a": {}}, [CANARY],
)  # fmt: skip
_ADDRESSES = (
    "gs://media/x", "gs://media/a/..b/c", "gs://media/", "gs://media", "gs://secret/x",
    f"gs://secret/{CANARY}", "gs://media/../secret/x", "gs://media/a/..", " gs://media/x",
    "GS://media/x", "http://media/x", "https://169.254.169.254/", "file:///etc/x",
    "gs://media/" + "x" * 2_000, "https://www.youtube.com/watch?v=x",
    "https://www.youtube.com/%2e%2e/x", "https://user@www.youtube.com/",
    f"https://generativelanguage.googleapis.com/v1beta/files/{CANARY}",
)  # fmt: skip
_BYTES = (
    b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82",
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\\u0000", b"\\ud800", b"\\u003a",
    b"NaN", b"Infinity", b"1e999", b"012", b"-", b"//", b"'", b"\xef\xbb\xbf", b" ",
    b"\t", b"null", b'"text":1,', b'"\\u0074ext":"y",', b"\x1f\x8b", b"[" * 200,
    b'{"a":' * 40, b"9" * 5_000,
)  # fmt: skip
_MEMBER = re.compile(rb'"\w+": ')
_LINES = tuple(json.dumps(row).encode() for row in GOOD_ROWS)


def mutated_lines(seed: int, count: int) -> Iterator[bytes]:
    """So many lines, the same for the same seed; a few of them are good still."""
    random = Random(seed)
    for _ in range(count):
        yield _mutated(random)


def _mutated(random: Random) -> bytes:
    if random.random() < 0.5:
        row = json.loads(random.choice(_LINES))
        ways = random.choice((0, 1, 1, 2, 4))
        for _ in range(ways):
            row = _changed(random, row)
        if not ways:
            row = _elsewhere(row, random.choice(_ADDRESSES))
        line = json.dumps(row, ensure_ascii=random.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        )
        if random.random() < 0.75:
            return line
    else:
        line = random.choice(_LINES)
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        line = random.choice(_BYTE_WAYS)(random, line)
    return line


def _changed(random: Random, value: Json) -> Json:
    """The value with one change, somewhere in it."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        name = random.choice(list(value))
        return random.choice(_OBJECT_WAYS)(random, dict(value), name)
    if isinstance(value, list) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        items = list(value)
        items[place : place + 1] = random.choice(
            (
                [_changed(random, items[place])],
                [_changed(random, items[place])],
                [_changed(random, items[place])],
                [],
                [items[place]] * 2,
                [items[place], random.choice(_VALUES)],
                [[items[place]]],
            )
        )
        return items
    return random.choice(_VALUES)


def _elsewhere(value: Json, address: str) -> Json:
    """The value with that address in place of the one that is allowed."""
    if isinstance(value, dict):
        return {name: _elsewhere(child, address) for name, child in value.items()}
    if isinstance(value, list):
        return [_elsewhere(item, address) for item in value]
    return address if value == _FILE["fileUri"] else value


def _deeper(random: Random, value: dict[str, Json], name: str) -> Json:
    value[name] = _changed(random, value[name])
    return value


def _without(random: Random, value: dict[str, Json], name: str) -> Json:
    del value[name]
    return value


def _renamed(random: Random, value: dict[str, Json], name: str) -> Json:
    value[random.choice(_NAMES)] = value.pop(name)
    return value


def _with(random: Random, value: dict[str, Json], name: str) -> Json:
    value[random.choice(_NAMES)] = random.choice((value[name], *_VALUES))
    return value


def _nested(random: Random, value: dict[str, Json], name: str) -> Json:
    inner = value[name]
    for _ in range(random.choice((1, 3, 13, 20))):
        inner = random.choice(({"a": inner}, {"a": inner}, [inner]))
    value[name] = inner
    return value


_OBJECT_WAYS: tuple[Callable[[Random, dict[str, Json], str], Json], ...] = (
    *(_deeper,) * 8, _without, _renamed, _with, _nested
)  # fmt: skip


def _place(random: Random, line: bytes) -> tuple[int, int]:
    start = random.randrange(len(line) + 1)
    return start, min(len(line), start + random.choice((0, 1, 1, 4, 40)))


def _flip(random: Random, line: bytes) -> bytes:
    if not line:
        return line
    place = random.randrange(len(line))
    changed = line[place] ^ (1 << random.randrange(8))
    return line[:place] + bytes([changed]) + line[place + 1 :]


def _put(random: Random, line: bytes) -> bytes:
    start, end = _place(random, line)
    return line[:start] + random.choice(_BYTES) + line[end:]


def _double(random: Random, line: bytes) -> bytes:
    start, end = _place(random, line)
    return line[:end] + line[start:]


def _cut(random: Random, line: bytes) -> bytes:
    return line[: random.randrange(len(line) + 1)]


def _again(random: Random, line: bytes) -> bytes:
    """The line with the name of one of its fields once more, before it."""
    names = list(_MEMBER.finditer(line))
    if not names:
        return line
    chosen = random.choice(names)
    name = chosen.group().replace(b'"t', b'"\\u0074')
    return line[: chosen.start()] + name + b'"x", ' + line[chosen.start() :]


def _splice(random: Random, line: bytes) -> bytes:
    other = random.choice(_LINES)
    return line[: _place(random, line)[0]] + other[_place(random, other)[0] :]


_BYTE_WAYS = (_flip, _flip, _put, _put, _double, _cut, _splice, _again)
