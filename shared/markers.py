"""
What lies beside the record of an open drop: an object whose name and metadata are
all that a poll needs to skip the drop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from shared.drops import Drop
from shared.errors import RecordError
from shared.ports import ObjectInfo
from shared.records import Record, State
from shared.routes import Route

OPEN = "open/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """
    An open drop as the poll sees it. `state`, `location`, `held_until`,
    `submitted_at` and `in_doubt` are advice that may be stale: the record decides.
    """

    drop: Drop
    generation: int
    location: str
    state: str
    held_until: datetime | None
    submitted_at: datetime | None
    in_doubt: bool


def marker_name(drop_id: str) -> str:
    return f"{OPEN}{drop_id[0]}/{drop_id}"


def first_word(drop: Drop, route: Route) -> Mapping[str, str]:
    """The metadata of a new marker: all that the event told, and advice."""
    return {
        "bucket": drop.bucket,
        "name": drop.quoted_name,
        "generation": str(drop.generation),
        "size": str(drop.size),
        "crc32c": drop.crc32c,
        "dropped-at": drop.dropped_at.isoformat(),
        "content-encoding": drop.content_encoding,
        "location": route.location,
        "state": State.CLAIMED,
    }


def advice(record: Record) -> Mapping[str, str]:
    """What a poll need not read the record for."""
    submitted = record.times.submitted
    held = record.not_before.isoformat() if record.not_before else ""
    return {
        "location": record.route.location,
        # A job that is missing is asked for in every tick.
        "state": "" if record.missing_since else record.state,
        "held-until": held if record.state is State.HELD else "",
        "submitted-at": submitted.isoformat() if submitted else "",
        "in-doubt": "yes" if record.in_doubt else "",
    }


# Of a drop that is about to be asked for: it must be read, whoever has died meanwhile.
ASKED: Mapping[str, str] = {"state": State.SUBMITTING, "held-until": ""}


def read_marker(info: ObjectInfo) -> Marker:
    """Return what a marker says. Raises RecordError if it makes no sense."""
    said = info.metadata
    try:
        drop = Drop(
            bucket=said["bucket"],
            name=unquote(said["name"], errors="strict"),
            generation=int(said["generation"]),
            size=int(said["size"]),
            crc32c=said["crc32c"],
            dropped_at=_time(said["dropped-at"]),
            content_encoding=said.get("content-encoding", ""),
        )
        held_until, submitted = said.get("held-until"), said.get("submitted-at")
        marker = Marker(
            drop=drop,
            generation=info.generation,
            location=said.get("location", ""),
            state=said.get("state", ""),
            held_until=_time(held_until) if held_until else None,
            submitted_at=_time(submitted) if submitted else None,
            in_doubt=bool(said.get("in-doubt")),
        )
    except (KeyError, ValueError) as error:
        raise RecordError(f"marker {info.name}: {error!r}") from error
    if info.name != marker_name(drop.drop_id):
        raise RecordError(f"marker {info.name}: tells of another drop")
    return marker


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return time
