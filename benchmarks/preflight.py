"""
How fast a drop's content is checked, beside what decoding alone takes.

    python -m benchmarks.preflight
"""

import json
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from shared.preflight import Preflight
from shared.routes import Limits

_ROUNDS = 5
_PIECE = 8192


def _row(number: int, text: str) -> dict[str, Any]:
    return {
        "key": f"row-{number}",
        "request": {
            "contents": [
                {
                    "role": "user",
                    "parts": [
                        {"text": text},
                        {
                            "fileData": {
                                "fileUri": "gs://media/x.jpeg",
                                "mimeType": "image/jpeg",
                            }
                        },
                    ],
                }
            ],
            "systemInstruction": {"parts": [{"text": "You are terse."}]},
            "generationConfig": {"temperature": 0.4, "maxOutputTokens": 256},
        },
    }


def _check(lines: list[bytes]) -> None:
    content = b"".join(lines)
    preflight = Preflight(Limits(), ["gs://media/"])
    for start in range(0, len(content), _PIECE):
        preflight.feed(content[start : start + _PIECE])
    assert not preflight.finish().problems


def _each(decode: Callable[[bytes], object]) -> Callable[[Iterable[bytes]], None]:
    def run(lines: Iterable[bytes]) -> None:
        for line in lines:
            decode(line)

    return run


def main() -> None:
    """Print the medians, and the ratios to the standard library's decoder."""
    ways = {
        "json.loads": _each(json.loads),
        "msgspec.json.decode": _each(msgspec.json.decode),
        "the whole check": _check,
    }
    for name, words in (("short", 8), ("middling", 80), ("long", 1_600)):
        lines = [
            json.dumps(_row(n, "word " * words)).encode() + b"\n"
            for n in range(4_000_000 // (400 + 5 * words))
        ]
        size = sum(map(len, lines)) / 1e6
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(_ROUNDS):
            for way, run in ways.items():
                began = time.perf_counter()
                run(lines)
                times[way].append(time.perf_counter() - began)
        yardstick = statistics.median(times["json.loads"])
        print(f"{name} rows, {size * 1e6 / len(lines):.0f} bytes each")
        for way, took in times.items():
            middle = statistics.median(took)
            print(
                f"  {way:<20} {size / middle:>7.1f} MB/s  "
                f"{yardstick / middle:>5.2f} x json.loads"
            )


if __name__ == "__main__":
    main()
