"""
Knobs given by name: by a file, a command, or the script of one job.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localcloud.knobs import checked
from localcloud.vertex.knobs import KNOBS, Knobs


def knobs_from(values: Mapping[str, Any]) -> Knobs:
    """
    The knobs with these values and all others as they come.

    A ValueError names the knob that doesn't exist or can't have its value.
    """
    return replace(Knobs(), **checked(values, Knobs))


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
    checked(values, Knobs)


def knobs_of_job(knobs: Knobs, values: Mapping[str, Any]) -> Knobs:
    """
    The knobs for one job: the service's, but for those that its script sets.

    What this version does not know is passed over: a job may be older.
    """
    if not values:
        return knobs
    return replace(
        knobs, **checked({n: values[n] for n in values if n in KNOBS}, Knobs)
    )
