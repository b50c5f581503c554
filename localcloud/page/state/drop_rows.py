"""
What a list of drops shows of each: little enough to be kept for all of them.
"""

from dataclasses import dataclass
from typing import Any

from localcloud.page.state.times import shown
from shared.records import Record, State

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRow:
    """
    One drop. Times are RFC 3339; `record` is its record's object, `late` are the
    reasons for which it was told of as late.
    """

    id: str
    record: str
    state: str
    claimed: str
    bucket: str = ""
    name: str = ""
    generation: str = ""
    size: int = 0
    route: str = ""
    dropped: str = ""
    ended_at: str | None = None
    job: str = ""
    rows: int | None = None
    outcome: str = ""
    reason: str = ""
    late: tuple[str, ...] = ()
    message: str = ""
    problem: str = ""

    @property
    def ended(self) -> bool:
        return self.state == State.PUBLISHED

    def shown(self) -> dict[str, Any]:
        """
        The row as data.
        """
        return {
            "id": self.id,
            "state": self.state,
            "ended": self.ended,
            "bucket": self.bucket,
            "name": self.name,
            "generation": self.generation,
            "size": self.size,
            "route": self.route,
            "dropped": self.dropped or self.claimed,
            "endedAt": self.ended_at,
            "rows": self.rows,
            "outcome": self.outcome,
            "reason": self.reason,
            "late": self.late,
            "messageId": self.message,
            "problem": self.problem,
        }


def row_of(record: Record, name: str) -> DropRow:
    """
    The row of a record.
    """
    drop, said = record.drop, record.message.attributes if record.message else {}
    published = record.times.published
    return DropRow(
        id=drop.drop_id,
        record=name,
        state=record.state,
        claimed=shown(record.times.claimed),
        bucket=drop.bucket,
        name=drop.name,
        generation=str(drop.generation),
        size=drop.size,
        route=record.route.prefix,
        dropped=shown(drop.dropped_at),
        ended_at=shown(published) if published else None,
        job=record.job_name,
        rows=record.checked.rows if record.checked else None,
        outcome=said.get("outcome", ""),
        reason=said.get("reason", ""),
        late=tuple(late.reason for late in record.late),
        message=record.message_id,
    )


def unread_row(name: str, updated: str, problem: str) -> DropRow:
    """
    The row of a record that this code can't read.
    """
    return DropRow(
        id=name.rpartition("/")[2].removesuffix(".json"),
        record=name,
        state=UNREADABLE,
        claimed=updated,
        problem=problem,
    )
