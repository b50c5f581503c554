"""
What of Cloud Storage can be set, with Google's values as defaults.

`KNOBS` describes each one, so that a page about what is simulated can be made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.knobs import Knob, checked, described, knob


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageKnobs:
    """
    What is limited, and by how much.
    """

    writes_per_second: float = knob(
        1.0,
        "sure",
        "https://cloud.google.com/storage/quotas",
        "writes of one object name in the long run; 0 is no limit",
        by_job=False,
        most=1_000_000,
    )
    write_burst: int = knob(
        5,
        "unknown",
        "a guess",
        "writes of one object name that may come at once",
        by_job=False,
        least=1,
    )
    soft_delete_seconds: int = knob(
        7 * 24 * 3600,
        "sure",
        "https://cloud.google.com/storage/docs/soft-delete",
        "how long a new bucket keeps what is deleted, if it doesn't say; 0 not at all",
        by_job=False,
    )
    rewrite_bytes: int = knob(
        1024**3,
        "unknown",
        "a guess",
        "what one rewrite call moves to another location or class, if it doesn't say",
        by_job=False,
        least=1024**2,
    )
    list_page: int = knob(
        1000,
        "sure",
        "https://cloud.google.com/storage/docs/json_api/v1/objects/list",
        "objects and prefixes that one page of a list holds at most, whatever is asked "
        "for: the service may give fewer",
        by_job=False,
        least=1,
        most=1000,
    )
    overwrite_forbidden_first: bool = knob(
        False,
        "unknown",
        "a guess",
        "a write whose precondition fails, onto an object that its caller may not "
        "delete, is a 403 and not a 412",
        by_job=False,
    )

    def __post_init__(self) -> None:
        if not (0 <= self.writes_per_second <= 1e6 and self.write_burst >= 1):
            raise ValueError(f"writes_per_second is 0 or more, a burst 1: {self}")
        if self.soft_delete_seconds < 0 or self.rewrite_bytes < 1024**2:
            raise ValueError(f"seconds are 0 or more, a rewrite 1 MiB: {self}")
        if not 1 <= self.list_page <= 1000:
            raise ValueError(f"a page of a list holds 1 to 1,000: {self}")


GOOGLES = StorageKnobs()

KNOBS: dict[str, Knob] = described(StorageKnobs)
"""
Every knob by its name.
"""


def storage_knobs_from(values: Mapping[str, Any]) -> StorageKnobs:
    """
    The knobs with these values and all others as they come.

    A ValueError says which can't have its value.
    """
    return StorageKnobs(**checked(values, StorageKnobs))
