"""
What there is to say of a knob: how it comes, how sure that is, and where from.
"""

from dataclasses import field
from typing import Any, Literal, NamedTuple

HowSure = Literal["sure", "likely", "unknown"]


class Knob(NamedTuple):
    """
    What is known of one knob; `source` is a section of the facts document.
    """

    default: Any
    how_sure: HowSure
    says: str
    source: str
    by_job: bool
    """
    Whether it may be set for one job, by the job's script.
    """
    least: int = 0
    """
    The smallest number that it may be, if it is one.
    """


def knob(
    default: Any,
    how_sure: HowSure,
    source: str,
    says: str,
    *,
    by_job: bool = True,
    least: int = 0,
) -> Any:
    """
    A field of a dataclass that is a knob.
    """
    return field(
        default=default,
        metadata={
            "how_sure": how_sure,
            "source": source,
            "says": says,
            "by_job": by_job,
            "least": least,
        },
    )
