"""
Knobs given by name: by a file, a command, or the script of one job.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from localcloud.finite import is_finite
from localcloud.vertex.knobs import KNOBS, Knobs


def knobs_from(values: Mapping[str, Any]) -> Knobs:
    """
    The knobs with these values and all others as they come.

    A ValueError names the knob that doesn't exist or can't have its value.
    """
    return replace(Knobs(), **_checked(values))


def check_job_knobs(values: Mapping[str, Any]) -> None:
    """
    A ValueError unless these can be the knobs of one job.
    """
    for name in values:
        known = KNOBS.get(name)
        if known is not None and not known.by_job:
            raise ValueError(
                f"the knob {name!r} is for the whole service: it can't be set for "
                "one job"
            )
    _checked(values)


def knobs_of_job(knobs: Knobs, values: Mapping[str, Any]) -> Knobs:
    """
    The knobs for one job: the service's, but for those that its script sets.

    What this version does not know is passed over: a job may be older.
    """
    if not values:
        return knobs
    return replace(
        knobs, **_checked({name: values[name] for name in values if name in KNOBS})
    )


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    The values as the types that the knobs have.
    """
    checked = {}
    for name, value in values.items():
        if name not in KNOBS:
            raise ValueError(f"there is no knob {name!r}")
        if not is_finite(value):
            raise ValueError(f"the knob {name!r} can't be {value!r}: it is not finite")
        try:
            converted = msgspec.convert({name: value}, Knobs)
        except msgspec.ValidationError as error:
            reason = str(error).partition(" - at ")[0]
            raise ValueError(f"the knob {name!r} can't be {value!r}: {reason}") from (
                error
            )
        checked[name] = found = getattr(converted, name)
        if isinstance(found, int | float) and found < KNOBS[name].least:
            raise ValueError(f"the knob {name!r} can't be {found!r}: it is too small")
    return checked
