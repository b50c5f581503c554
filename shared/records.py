"""
The record of one drop: all that is known of it, and how it is read back.

Old and new code run side by side during a deploy, so a record of a schema or
state that this code does not know is refused, never guessed at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

import msgspec

from shared.drops import Drop
from shared.errors import RecordError
from shared.jobs import JobKey
from shared.problems import Problem, Warn
from shared.routes import Route
from shared.stored import decode_stored, schema_of
from shared.times import Moment

SCHEMA = 2
# What 2 added has defaults that are right for a record of 1.
_READ = (1, SCHEMA)


class State(StrEnum):
    """Where a drop is; each is written before the effect that it announces."""

    CLAIMED = "claimed"
    HELD = "held"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the check of a drop found; written together with the staged copy."""

    rows: int
    warnings: tuple[Warn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A message as it will be published, byte for byte, however often."""

    data: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """
    That a drop is late, told once for each reason. `lease_until`: until when who
    froze it alone publishes it; `message_id`: it is out.
    """

    reason: str
    message: Frozen
    lease_until: Moment
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """For which route, by its prefix, and in which day rows were counted."""

    route: str
    day: date

    @property
    def until(self) -> datetime:
        """When the day is over, in UTC as all days are."""
        return datetime.combine(self.day + timedelta(days=1), time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Why a drop was rejected: the first problems, and how many there are."""

    problem_count: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a drop came to each step, as our clock said."""

    claimed: Moment
    staged: Moment | None = None
    submitted: Moment | None = None
    frozen: Moment | None = None
    published: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """
    All that is known of a drop.

    `owner` and `seq` tell our own write from another's when its answer was
    lost. `lease_until` is until when the owner alone may act. `failures` counts the
    tries since the drop last got on that came to an error which does not pass by
    itself, `troubles` those whose error may pass; `take_overs` those, in a row, that
    came to nothing: their processes may have died. `retry_at` is when the next try
    may be.
    """

    schema: int = SCHEMA
    drop: Drop
    route: Route
    state: State
    owner: str
    seq: int = 0
    lease_until: Moment | None = None
    checked: Checked | None = None
    create_tries: int = 0
    create_deadline: Moment | None = None
    in_doubt: bool = False
    hold_tries: int = 0
    not_before: Moment | None = None
    counted: Counted | None = None
    job_name: str = ""
    missing_looks: tuple[Moment, ...] = ()
    twins: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    failures: int = 0
    troubles: int = 0
    take_overs: int = 0
    retry_at: Moment | None = None
    set_aside_from: State | None = None
    report: Report | None = None
    message: Frozen | None = None
    message_id: str = ""
    times: Times

    @property
    def drop_id(self) -> str:
        return self.drop.drop_id

    @property
    def rows(self) -> int:
        """How many it has, once they are counted; none before."""
        return self.checked.rows if self.checked else 0

    @property
    def unknown_tries(self) -> int:
        """
        How many creates had no clear answer, since it was put back last; that it has
        no job is given.
        """
        return self.create_tries - self.hold_tries

    @property
    def told(self) -> frozenset[str]:
        """The reasons for which it was announced as late."""
        return frozenset(late.reason for late in self.late if late.message_id)

    @property
    def missing_since(self) -> datetime | None:
        """Since when asking for its job has come to a 404."""
        return self.missing_looks[0] if self.missing_looks else None

    @property
    def needs_no_job(self) -> bool:
        """It has one, or ends without: any other job of its key is one too many."""
        return bool(self.job_name) or self.message is not None

    @property
    def job_key(self) -> JobKey:
        return JobKey(drop_id=self.drop.drop_id)


def decode_record(content: bytes, drop_id: str) -> Record:
    """The record of this drop. Raises RecordError for one that is not to be touched."""
    try:
        schema = schema_of(content)
        if schema not in _READ:
            raise RecordError(f"record {drop_id}: unknown schema {schema!r}")
        record = decode_stored(content, Record)
    except msgspec.DecodeError as error:
        raise RecordError(f"record {drop_id}: {error}") from error
    if record.drop_id != drop_id:
        raise RecordError(f"record {drop_id}: tells of another drop")
    return record
