"""A claimed drop, checked and copied to where Vertex AI reads it."""

from dataclasses import dataclass

from shared.errors import (
    ConflictError,
    ForbiddenError,
    MissingError,
    RefusedError,
    TransientError,
)
from shared.freezing import Freezing
from shared.jobs import work_name
from shared.leases import Lease
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.messages import REPORT
from shared.outcomes import Ending, Fault, Outcome
from shared.ports import Clock, ObjectInfo, Objects
from shared.preflight import Preflight, StopReading
from shared.problems import Code, Problem
from shared.records import Checked, Record, Report
from shared.settings import Settings
from shared.verdicts import Verdict, check_envelope

_GONE = Problem(
    code=Code.SUPERSEDED,
    message="the generation was gone before it was staged: drop it again",
)
_UNREADABLE = Problem(
    code=Code.UNREADABLE,
    message="Cloud Storage does not let it be read: is it encrypted with a key of "
    "your own? Upload it without",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """The step between a claim and a create, with the ports it needs."""

    settings: Settings
    ledger: Ledger
    objects: Objects
    freezing: Freezing
    now: Clock

    def prepare(self, entry: Entry) -> tuple[Entry, Checked] | None:
        """
        Return what the check of a drop that is ours found, once a copy of
        exactly what was checked is staged; None if the drop was rejected.

        Done again after a crash it finds the same: the content of a generation
        never changes, and a staged copy is made once. Raises LostRaceError.
        """
        record = entry.record
        lease = Lease(entry, ledger=self.ledger, settings=self.settings, now=self.now)
        problem = check_envelope(record.drop, record.route.limits)
        verdict = Verdict.of(problem) if problem else self._check(record, lease)
        if not verdict.problems:
            staged = self._stage(record)
            if isinstance(staged, Problem):
                verdict = Verdict.of(staged)
        if verdict.problems:
            self._reject(lease.entry, verdict)
            return None
        log("staged", drop_id=record.drop_id, rows=verdict.rows)
        return lease.entry, Checked(rows=verdict.rows, warnings=verdict.warnings)

    def is_staged(self, record: Record) -> bool:
        """Whether the copy is there: the bucket's lifecycle deletes what is old."""
        try:
            staged = self.objects.info(*self._target(record))
        except MissingError:
            return False
        return _is_copy(staged, record)

    def _check(self, record: Record, lease: Lease) -> Verdict:
        """Read the exact generation, keeping the lease while it streams by."""
        preflight = Preflight(record.route.limits, record.route.media_prefixes)

        def sink(data: bytes) -> None:
            preflight.feed(data)
            lease.keep()

        source = self._source(record)
        try:
            self.objects.stream(*source, sink)
            return preflight.finish()
        except StopReading:
            return preflight.verdict()
        except MissingError:
            return Verdict.of(_GONE)
        except RefusedError:
            return Verdict.of(_UNREADABLE)

    def _source(self, record: Record) -> tuple[str, str, int]:
        """
        Where to read the drop: the copy that an earlier try staged, since the
        inbox may have lost the generation after it; else the inbox.
        """
        try:
            staged = self.objects.info(*self._target(record))
        except MissingError:
            return _inbox(record)
        if not _is_copy(staged, record):
            return _inbox(record)
        return staged.bucket, staged.name, staged.generation

    def _stage(self, record: Record) -> ObjectInfo | Problem:
        try:
            staged = self.objects.copy(_inbox(record), self._target(record))
        except ConflictError:
            # An earlier try copied it.
            staged = self.objects.info(*self._target(record))
        except ForbiddenError as error:
            # We may not overwrite here, which may be told before the conflict is.
            try:
                staged = self.objects.info(*self._target(record))
            except MissingError:
                raise error from None
        except MissingError:
            # The source, or the bucket that it was to be copied into.
            try:
                staged = self.objects.info(*self._target(record))
            except MissingError:
                self._expect_gone(record)
                return _GONE
        if not _is_copy(staged, record):
            # Nobody makes it again: it is somebody else's, for a person to remove.
            raise RefusedError(f"drop {record.drop_id}: the staged copy differs")
        return staged

    def _expect_gone(self, record: Record) -> None:
        """Raise TransientError if the generation can be read all the same."""

        def enough(_: bytes) -> None:
            raise StopReading

        try:
            self.objects.stream(*_inbox(record), enough)
        except MissingError:
            return
        except StopReading:
            pass
        raise TransientError(f"drop {record.drop_id}: there is nowhere to stage it")

    def _target(self, record: Record) -> tuple[str, str]:
        return self.settings.work_bucket, work_name(record.job_key)

    def _reject(self, entry: Entry, verdict: Verdict) -> None:
        report = Report(problem_count=verdict.problem_count, problems=verdict.problems)
        self.freezing.end(entry, _rejected(report), report=report)


def _inbox(record: Record) -> tuple[str, str, int]:
    return record.drop.bucket, record.drop.name, record.drop.generation


def _is_copy(staged: ObjectInfo, record: Record) -> bool:
    return record.drop.crc32c in ("", staged.crc32c)


def _rejected(report: Report) -> Ending:
    first = report.problems[0]
    where = f"line {first.line}: " if first.line else ""
    if first.path:
        where = f"line {first.line}, {first.path}: "
    others, listed = report.problem_count - 1, len(report.problems) - 1
    some = f", {listed} of them" if listed < others else ""
    more = f" ({others} more{some} in {REPORT})" if others else ""
    return Ending(
        outcome=Outcome.REJECTED,
        reason=first.code,
        fault=Fault(
            code=first.code,
            message=f"{where}{first.message}{more}",
            retryable=False,
        ),
    )
