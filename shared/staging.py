"""A claimed drop, checked and copied to where Vertex AI reads it."""

from contextlib import suppress
from dataclasses import dataclass

import msgspec

from shared.closing import end
from shared.errors import ConflictError, MissingError, TransientError
from shared.jobs import results_folder, work_name
from shared.leases import Lease
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.messages import REPORT
from shared.outcomes import Ending, Fault, Outcome
from shared.ports import Clock, ObjectInfo, Objects
from shared.preflight import Preflight, StopReading, Verdict, check_envelope
from shared.problems import Code, Problem
from shared.records import Checked, Warn
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """The step between a claim and a create, with the ports it needs."""

    settings: Settings
    ledger: Ledger
    objects: Objects
    now: Clock

    def prepare(self, entry: Entry) -> tuple[Entry, Checked] | None:
        """
        Return what the check of a drop that is ours found, once a copy of
        exactly what was checked is staged; None if the drop was rejected.

        Done again after a crash it finds the same: the content of a generation
        never changes, and a staged copy is made once. Raises LostRaceError.
        """
        record = entry.record
        problem = check_envelope(record.drop, record.route.limits)
        if problem:
            self._reject(entry, Verdict.of(problem))
            return None
        try:
            entry, verdict = self._check(entry)
            if verdict.problems:
                self._reject(entry, verdict)
                return None
            staged = self._stage(entry)
        except MissingError:
            gone = Problem(
                code=Code.SUPERSEDED,
                message="the generation was gone before it was staged: drop it again",
            )
            self._reject(entry, Verdict.of(gone))
            return None
        checked = _checked(verdict, staged)
        log("staged", drop_id=record.drop_id, rows=checked.rows)
        return entry, checked

    def _check(self, entry: Entry) -> tuple[Entry, Verdict]:
        """Read the exact generation, keeping the lease while it streams by."""
        route = entry.record.route
        preflight = Preflight(route.limits, route.media_prefixes)
        lease = Lease(entry, ledger=self.ledger, settings=self.settings, now=self.now)

        def sink(data: bytes) -> None:
            preflight.feed(data)
            lease.keep()

        try:
            self.objects.stream(*self._source(entry), sink)
            verdict = preflight.finish()
        except StopReading:
            verdict = preflight.verdict()
        return lease.entry, verdict

    def _source(self, entry: Entry) -> tuple[str, str, int]:
        """
        Where to read the drop: the copy that an earlier try staged, since the
        inbox may have lost the generation after it; else the inbox.
        """
        drop = entry.record.drop
        try:
            staged = self.objects.info(*self._target(entry))
        except MissingError:
            return drop.bucket, drop.name, drop.generation
        return staged.bucket, staged.name, staged.generation

    def _stage(self, entry: Entry) -> ObjectInfo:
        drop = entry.record.drop
        source = (drop.bucket, drop.name, drop.generation)
        try:
            staged = self.objects.copy(source, self._target(entry))
        except (ConflictError, MissingError):
            # A conflict means that it was copied before. A missing source too,
            # unless the target is missing as well.
            staged = self.objects.info(*self._target(entry))
        if drop.crc32c and staged.crc32c != drop.crc32c:
            raise TransientError(f"drop {drop.drop_id}: the staged copy differs")
        return staged

    def _target(self, entry: Entry) -> tuple[str, str]:
        return self.settings.work_bucket, work_name(entry.record.job_key)

    def _reject(self, entry: Entry, verdict: Verdict) -> None:
        record = entry.record
        report = {
            "drop_id": record.drop_id,
            "problem_count": verdict.problem_count,
            "problems": verdict.problems,
        }
        # A conflict: an earlier try wrote it, and the same content gives the
        # same report.
        with suppress(ConflictError):
            self.objects.write(
                self.settings.results_bucket,
                results_folder(record.drop, record.route) + REPORT,
                msgspec.json.encode(report),
                if_generation=0,
            )
        end(
            entry,
            _rejected(verdict),
            ledger=self.ledger,
            settings=self.settings,
            now=self.now,
        )


def _rejected(verdict: Verdict) -> Ending:
    first, count = verdict.problems[0], verdict.problem_count
    where = f"line {first.line}: " if first.line else ""
    more = f" ({count - 1} more in {REPORT})" if count > 1 else ""
    return Ending(
        outcome=Outcome.REJECTED,
        reason=first.code,
        fault=Fault(
            code=first.code,
            message=f"{where}{first.message}{more}",
            retryable=False,
        ),
    )


def _checked(verdict: Verdict, staged: ObjectInfo) -> Checked:
    return Checked(
        rows=verdict.rows,
        crc32c=staged.crc32c,
        warnings=tuple(
            Warn(
                code=oddity.odd,
                message=oddity.odd.meaning,
                rows=oddity.rows,
                first_line=oddity.first_line,
            )
            for oddity in verdict.oddities
        ),
    )
