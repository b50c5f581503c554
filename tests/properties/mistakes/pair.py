"""What is said of two outward effects that come right after one another."""

from dataclasses import dataclass

# Why pairs commute, where many do for one reason.
ADVICE = "advice is best effort, and a poll that reads the record says it again"
OTHERS = "each is of a drop of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two effects, in their order, and what holds them in it, if anything must."""

    first: str
    then: str
    mutant: str = ""
    test: str = ""
    commutes: str = ""
    needs: str = ""


def caught(first: str, then: str, mutant: str) -> Pair:
    """A mistake that is planted, their swap, is caught."""
    return Pair(first=first, then=then, mutant=mutant)


def tested(first: str, then: str, test: str) -> Pair:
    """A test fails if they are swapped."""
    return Pair(first=first, then=then, test=test)


def commutes(first: str, then: str, why: str) -> Pair:
    """Their order does not matter, and `why`."""
    return Pair(first=first, then=then, commutes=why)


def needs(first: str, then: str, why: str) -> Pair:
    """The second can't come before the first, and `why`."""
    return Pair(first=first, then=then, needs=why)
