"""
A case of bad input: a number of the corpus, what is dropped, and what comes of it.

Contents are made by code. Each holds the canary, so whatever is said about a case can
be searched for it. In the content of a rejected one `^^` stands at the byte that the
report has to name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.drops import Drop
from shared.problems import Code, Odd
from tests.canary import CANARY
from tests.fakes import FakeCloud

HERE = b"^^"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """It runs; these oddities are in the message's `warnings`, and no others."""

    rows: int = 1
    warnings: tuple[Odd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """
    Nothing is billed; this is the first problem of so many in the report. `offset`
    counts from the start of the file.
    """

    code: Code
    line: int
    offset: int
    path: str = ""
    problems: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """One INFO line, and no other trace."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The event is answered 200: one ERROR line, no read, no message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """The event is answered 500 and nothing is said, until it may be read: it runs."""


Outcome = Accepted | Rejected | Ignored | Refused | Retried


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One fixture. `event` changes the event's body, `kind` is its type; `befall` comes
    between the upload and its event, `twin` uploads a second drop that ends the same.
    `most_read`: how many bytes may be read at the most.
    """

    number: int
    name: str
    outcome: Outcome
    content: bytes | Callable[[], bytes]
    object_name: str = "in/a.jsonl"
    event: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    befall: Callable[[FakeCloud, Drop], None] | None = None
    twin: Callable[[FakeCloud, Drop], Drop] | None = None
    most_read: int | None = None

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def at(self, *, line: int, offset: int) -> "Case":
        """The same, rejected at another place: for contents that are made late."""
        assert isinstance(self.outcome, Rejected)
        place = replace(self.outcome, line=line, offset=offset)
        return replace(self, outcome=place)

    def made(self) -> bytes:
        """What is dropped."""
        content = self.content if isinstance(self.content, bytes) else self.content()
        return content.replace(HERE, b"", 1) if HERE in content[:4096] else content


def accepted(
    number: int, name: str, content: bytes, *warnings: Odd, rows: int = 1, **more: Any
) -> Case:
    """A case that runs."""
    outcome = Accepted(rows=rows, warnings=warnings)
    return Case(number=number, name=name, outcome=outcome, content=content, **more)


def rejected(
    number: int,
    name: str,
    code: Code,
    content: bytes | Callable[[], bytes],
    *,
    line: int | None = None,
    path: str = "",
    problems: int = 1,
    **more: Any,
) -> Case:
    """
    A case that is rejected at the byte marked `^^`, in its line; without a mark as a
    whole: line 0, unless one is given.
    """
    start = content[:4096] if isinstance(content, bytes) else b""
    offset = max(start.find(HERE), 0)
    if line is None:
        line = start[:offset].count(b"\n") + 1 if HERE in start else 0
    outcome = Rejected(
        code=code, line=line, offset=offset, path=path, problems=problems
    )
    return Case(number=number, name=name, outcome=outcome, content=content, **more)


def is_in(text: str, content: bytes) -> bool:
    """Whether a content holds a text, in any encoding that a case uses."""
    codecs = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    return any(text.encode(codec) in content for codec in codecs)


# A row that runs, with its newline.
GOOD = b'{"request":{"contents":[{"role":"user","parts":[{"text":"%s"}]}]}}\n' % (
    CANARY.encode()
)


def text_row(text: bytes) -> bytes:
    """A row whose text is this, as it stands between the quotes, and the canary."""
    return GOOD.replace(b'{"text":"', b'{"text":"' + text)
