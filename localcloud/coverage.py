"""
How a service of the local cloud says what it simulates and what it does not.

Each service keeps a module `coverage` with two tuples of these, from which the
documentation's table is made (with what `KNOBS` tells of what can be set):

    COVERED = (
        Covered(
            "a delete with `ifGenerationMatch` that is not met is a 412",
            "sure",
            "https://cloud.google.com/storage/docs/request-preconditions",
        ),
    )
    NOT_SIMULATED = (
        NotSimulated("customer-managed encryption keys", "no key service is here"),
    )
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args

HowSure = Literal["sure", "likely", "unknown"]
"""
`sure`: the service's documentation, definitions or clients say so, or it was run.
`likely`: captured or reported by others. `unknown`: nobody has told; a guess.
"""


@dataclass(frozen=True, slots=True)
class Covered:
    """
    One behaviour that is simulated, how sure it is, and who says so.

    `source` is the address of a public page, or names what was read or run.
    """

    what: str
    how_sure: HowSure
    source: str

    def __post_init__(self) -> None:
        _check(self)
        if self.how_sure not in get_args(HowSure):
            raise ValueError(f"how_sure is {self.how_sure!r}, not one of HowSure")


@dataclass(frozen=True, slots=True)
class NotSimulated:
    """
    One thing that Google's service does and the local cloud does not, and why.
    """

    what: str
    why: str

    def __post_init__(self) -> None:
        _check(self)


def _check(claim: Covered | NotSimulated) -> None:
    # Each becomes a cell of a table: something to read, on one line.
    for each in fields(claim):
        text = getattr(claim, each.name)
        if not text.strip() or len(text.splitlines()) != 1:
            raise ValueError(f"{each.name} is not one line of text: {text!r}")
