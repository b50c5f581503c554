"""
What of Cloud Storage can be set, with Google's values as defaults.

`KNOBS` describes each one, so that a page about what is simulated can be made from it.
"""

from dataclasses import dataclass, field, fields
from typing import Any


def _knob(default: Any, how_sure: str, says: str) -> Any:
    return field(default=default, metadata={"how_sure": how_sure, "says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageKnobs:
    """
    What is limited, and by how much.
    """

    writes_per_second: float = _knob(
        1.0, "sure", "writes of one object name in the long run; 0 is no limit"
    )
    write_burst: int = _knob(
        5, "unknown", "writes of one object name that may come at once"
    )
    soft_delete_seconds: int = _knob(
        7 * 24 * 3600,
        "sure",
        "how long a new bucket keeps what is deleted, if it doesn't say; 0 not at all",
    )
    rewrite_bytes: int = _knob(
        1024**3,
        "unknown",
        "what one rewrite call moves to another location or class, if it doesn't say",
    )

    def __post_init__(self) -> None:
        if not (0 <= self.writes_per_second < 1e6 and self.write_burst >= 1):
            raise ValueError(f"writes_per_second is 0 or more, a burst 1: {self}")
        if self.soft_delete_seconds < 0 or self.rewrite_bytes < 1024**2:
            raise ValueError(f"seconds are 0 or more, a rewrite 1 MiB: {self}")


GOOGLES = StorageKnobs()
UNLIMITED = StorageKnobs(writes_per_second=0)

KNOBS: dict[str, tuple[Any, str, str]] = {
    each.name: (each.default, each.metadata["how_sure"], each.metadata["says"])
    for each in fields(StorageKnobs)
}
"""
Name -> (default, how sure the default is, what it says).
"""
