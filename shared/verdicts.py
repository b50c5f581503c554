"""What a check says of a drop, and what can be said before reading it."""

from dataclasses import dataclass

from shared.drops import Drop
from shared.problems import Code, Problem, Warn
from shared.routes import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found. A drop runs only if `problems` is empty."""

    rows: int
    problems: tuple[Problem, ...]
    problem_count: int
    warnings: tuple[Warn, ...]

    @classmethod
    def of(cls, problem: Problem) -> "Verdict":
        """The verdict on a drop of which one problem says all."""
        return cls(rows=0, problems=(problem,), problem_count=1, warnings=())


def check_envelope(drop: Drop, limits: Limits) -> Problem | None:
    """Return what is wrong with a drop that need not be read to know it."""
    if "\r" in drop.name or "\n" in drop.name:
        # Cloud Storage forbids them; whatever let this one through is not it.
        return Problem(
            code=Code.BAD_NAME,
            message="the object's name has a line break: rename it",
        )
    if drop.size > limits.bytes:
        return Problem(
            code=Code.TOO_LARGE,
            message=f"the file has {drop.size} bytes, the limit is {limits.bytes}: "
            "split it",
        )
    if drop.size == 0:
        return Problem(
            code=Code.EMPTY_FILE, message="the file is empty: drop one with rows"
        )
    if drop.content_encoding not in ("", "identity"):
        return Problem(
            code=Code.COMPRESSED,
            message="the object has a Content-Encoding: upload it uncompressed "
            "(gcloud storage cp without --gzip-in-flight or -Z)",
        )
    return None
