"""
Knobs: settings of what a simulated service does, each with how sure its default is.

A service keeps its own in a module `knobs`: a dataclass whose fields are `knob`s, and
`KNOBS`, which describes each (`described`), so that a page can be made from it.
"""

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any, NamedTuple, get_type_hints

import msgspec

from localcloud.coverage import HowSure
from localcloud.finite import is_finite


class Knob(NamedTuple):
    """
    What is known of one knob; `source` is a page, or a section of the facts document.
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
    most: int | None = None
    """
    The largest number that it may be; None: any.
    """


def knob(
    default: Any,
    how_sure: HowSure,
    source: str,
    says: str,
    *,
    by_job: bool = True,
    least: int = 0,
    most: int | None = None,
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
            "most": most,
        },
    )


def described(kind: type) -> dict[str, Knob]:
    """
    Every knob of a dataclass of knobs, by its name.
    """
    return {
        each.name: Knob(default=each.default, **each.metadata) for each in fields(kind)
    }


def checked(values: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """
    The values as the types that the knobs have.

    A ValueError names the knob that doesn't exist or can't have its value.
    """
    known, hints = described(kind), get_type_hints(kind)
    return {
        name: _value(name, known.get(name), hints.get(name), value)
        for name, value in values.items()
    }


def _value(name: str, known: Knob | None, hint: Any, value: Any) -> Any:
    if known is None:
        raise ValueError(f"there is no knob {name!r}")
    refused = f"the knob {name!r} can't be {value!r}: "
    if not is_finite(value):
        raise ValueError(f"{refused}it is not finite")
    try:
        found = msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise ValueError(refused + str(error).partition(" - at ")[0]) from error
    if isinstance(found, int | float):
        if found < known.least:
            raise ValueError(f"{refused}it is {known.least} or more")
        if known.most is not None and found > known.most:
            raise ValueError(f"{refused}it is {known.most} or less")
    return found
