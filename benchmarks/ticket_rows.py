"""Rows like those that people send: a ticket to be sorted, or a review to sum up."""

import json
import random
from collections.abc import Iterator

_TEXT = (
    "the a our my order invoice delivery late since monday never arrived box screen "
    "broken refund please support answered twice nothing happened account login "
    "password reset mail again today wrong colour size cable charger battery great "
    "happy product easy to set up would buy works as described but slow after update"
)
_SORT = {
    "temperature": 0.2,
    "maxOutputTokens": 256,
    "responseMimeType": "application/json",
    "responseSchema": {
        "type": "OBJECT",
        "properties": {
            "topic": {"type": "STRING", "enum": ["billing", "delivery", "technical"]},
            "urgent": {"type": "BOOLEAN"},
        },
        "required": ["topic", "urgent"],
    },
}
_TELL = {"temperature": 0.7, "maxOutputTokens": 128}


def realistic_rows(count: int, seed: int = 1) -> Iterator[bytes]:
    """So many lines of about 500 bytes, one in two with a response schema."""
    draw = random.Random(seed)
    words = _TEXT.split()
    for number in range(count):
        sorts = number % 2 == 0
        said = " ".join(draw.choices(words, k=28 if sorts else 58))
        task = "Sort this ticket." if sorts else "Sum up this review in one line."
        row = {
            "key": f"row-{number}",
            "request": {
                "systemInstruction": {"parts": [{"text": task}]},
                "contents": [{"role": "user", "parts": [{"text": said}]}],
                "generationConfig": _SORT if sorts else _TELL,
            },
        }
        yield json.dumps(row, separators=(",", ":")).encode() + b"\n"
