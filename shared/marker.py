"""
One marker: its name, and its metadata, which is the event and advice for polls.
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
from shared.times import aware, aware_or_none, text_of

OPEN = "open/"
LOOK_AT = "look-at"
# Of code that did not say when: now.
_LONG_AGO = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """
    An open drop as the poll sees it. All but the drop and the generation is advice
    that may be stale: the record decides. `job` is the id of the drop's job, `told` are
    the reasons for which it was announced as late, `retry_at` is when a try that failed
    may be made again, and `look_at` is when the record must be read whatever else is
    said. `advice` is all that was said, word for word.
    """

    drop: Drop
    generation: int
    location: str
    state: str
    held_until: datetime | None
    submitted_at: datetime | None
    in_doubt: bool
    job: str
    told: frozenset[str]
    retry_at: datetime | None
    look_at: datetime | None
    advice: Mapping[str, str]


def marker_name(drop_id: str) -> str:
    """The object that is the drop's marker."""
    return f"{OPEN}{drop_id[0]}/{drop_id}"


def new_metadata(drop: Drop, route: Route) -> Mapping[str, str]:
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
    """What a poll need not read the record for, but for when it must."""
    is_missing = record.missing_since and record.state is State.SUBMITTED
    submitted = text_of(record.times.submitted)
    # What was asked for and may have been made had its turn: when, is said already.
    is_asked = record.in_doubt or record.state is State.SUBMITTING
    served = {} if is_asked and not submitted else {"submitted-at": submitted}
    return served | {
        "location": record.route.location,
        # A job that is missing is asked for in every tick.
        "state": "" if is_missing else record.state,
        "held-until": text_of(record.not_before) if record.state is State.HELD else "",
        "in-doubt": "yes" if record.in_doubt else "",
        "job": record.job_name.rpartition("/")[2],
        "told": ",".join(sorted(record.told)),
        "retry-at": text_of(record.retry_at),
    }


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
            dropped_at=aware(said["dropped-at"]),
            content_encoding=said.get("content-encoding", ""),
        )
        marker = Marker(
            drop=drop,
            generation=info.generation,
            location=said.get("location", ""),
            state=said.get("state", ""),
            held_until=aware_or_none(said.get("held-until")),
            submitted_at=aware_or_none(said.get("submitted-at")),
            in_doubt=bool(said.get("in-doubt")),
            job=said.get("job", ""),
            told=frozenset(filter(None, said.get("told", "").split(","))),
            retry_at=aware_or_none(said.get("retry-at")),
            look_at=aware_or_none(said.get(LOOK_AT, _LONG_AGO)),
            advice=said,
        )
    except (KeyError, ValueError) as error:
        raise RecordError(f"marker {info.name}: {error!r}") from error
    if info.name != marker_name(drop.drop_id):
        raise RecordError(f"marker {info.name}: tells of another drop")
    return marker
