"""
What is dropped: good files, files that can't run, each with its own bytes, and what
has to become of them.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.e2e.pipeline import rows

ROUTES: Sequence[Mapping[str, object]] = (
    {"prefix": "demo/", "model": "gemini-3.5-flash-lite", "location": "global"},
    {"prefix": "demo/deep/", "model": "gemini-3.5-flash-lite", "location": "global"},
    {"prefix": "regional/", "model": "gemini-2.5-flash"},
)
LOCATIONS = ("global", "us-central1")

GOOD = "good"
IGNORED = "ignored"

_ROW = b'{"request":{"contents":[{"role":"user","parts":[{"text":"Say %s"}]}]}}\n'
_MEDIA = b"""{"request":{"contents":[{"role":"user","parts":[{"text":"%s"},
{"fileData":{"fileUri":"gs://somebody-elses/x.jpg","mimeType":"image/jpeg"}}]}]}}
"""

# Each with the code that it is rejected with.
BAD: Mapping[str, bytes] = {
    "empty_file": b"",
    "not_json": b'{"request": "%s\n',
    "empty_line": _ROW + b"\n" + _ROW,
    "byte_order_mark": b"\xef\xbb\xbf" + _ROW,
    "no_request": b'{"key": "%s"}\n',
    "other_format": b'{"custom_id": "%s", "method": "POST", "url": "/", "body": {}}\n',
    "not_utf8": _ROW.replace(b"Say", b"\xff"),
    "not_text": b"\x1f\x8b %s and so on, as a compressed file begins",
    "not_an_object": b'["%s"]\n',
    "bad_request": b'{"key":"%s","request":{"contents":[{"parts":[]}]}}\n',
    "media_not_allowed": _MEDIA.replace(b"\n", b"", 1),
}

# Where nothing is to happen: no route, no wanted ending, no file.
_NOWHERE = ("nowhere/%s.jsonl", "demo/%s.txt", "demo/%s.jsonl.tmp", "demo/%s/")

_PLACES = ("demo/%s.jsonl", "demo/deep/%s.jsonl", "regional/%s.jsonl")
_AWKWARD = (
    "demo/r\u00e4ksm\u00f6rg\u00e5s 100% %s?.jsonl",
    "demo/re\u0301sume\u0301 %s.jsonl",
    "demo/*[%s]{b}.jsonl",
    "demo/../%s.jsonl",
    "demo//%s.jsonl",
    'demo/"%s" \\ back.jsonl',
    "demo/%2F %s #1.jsonl",
    "regional/\u2028 %s\u202e.jsonl",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """
    A file as the plan has it; `kind` is `good`, `ignored`, or the code that it is
    rejected with. `mark` is in its bytes, so that no two files are the same.
    """

    name: str
    kind: str
    mark: str
    rows: int = 0

    def content(self) -> bytes:
        """Its bytes: a function of what is said of it."""
        if self.kind in BAD:
            return BAD[self.kind].replace(b"%s", self.mark.encode())
        return rows(self.rows, f"Say {self.mark}")


def some_file(chance: random.Random, *, number: int, mark: str) -> File:
    """Draw a file: most are good and small, some large, some can't run."""
    drawn = chance.random()
    place = chance.choice(_AWKWARD if chance.random() < 0.2 else _PLACES)
    name = _named(place, f"{number}")
    if drawn < 0.10:
        nowhere = _named(chance.choice(_NOWHERE), f"{number}")
        return File(name=nowhere, kind=IGNORED, mark=mark, rows=1)
    if drawn < 0.28:
        return File(name=name, kind=chance.choice(sorted(BAD)), mark=mark)
    if drawn < 0.34:
        many = chance.randrange(500, 2_001)
        return File(name=name, kind=GOOD, mark=mark, rows=many)
    return File(name=name, kind=GOOD, mark=mark, rows=chance.randrange(1, 21))


def _named(place: str, number: str) -> str:
    # Not by `%`: names may hold one.
    return place.replace("%s", number)
