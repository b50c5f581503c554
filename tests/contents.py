"""Contents of a drop, and what their check says."""

import json
from typing import Any

from shared.preflight import Preflight, StopReading
from shared.problems import Code
from shared.routes import Limits
from shared.verdicts import Verdict

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


def text_row(text: str) -> bytes:
    return b'{"request":{"contents":[{"role":"user","parts":[{"text":"%s"}]}]}}' % (
        text.encode()
    )
