"""
From an event to a batch job: claim, prepare, create.

Every effect is announced by a compare-and-swap before it, so whoever comes
next, after a crash at any point, knows what may have happened
(docs/decisions/003). A poll carries on with the same code what died here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.admission import Ignored, admit
from shared.claiming import Claiming
from shared.drops import Drop
from shared.errors import (
    CreateError,
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
    LostRaceError,
)
from shared.freezing import Freezing
from shared.holding import Holding, Wait
from shared.jobs import Job, job_request
from shared.ledger import Entry, Ledger
from shared.logs import Severity, log
from shared.markers import Markers
from shared.outcomes import Ending, Fault, Outcome, Reason
from shared.ports import Batches, Clock
from shared.records import State
from shared.routes import Route
from shared.settings import Settings
from shared.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A drop is brought as far as a job: one, whatever is repeated or dies."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    claiming: Claiming
    staging: Staging
    freezing: Freezing
    holding: Holding
    batches: Batches
    now: Clock

    def receive(self, drop: Drop) -> None:
        """
        Claim the drop and bring it as far as a job or its queue, or leave it alone.

        Returns once whatever was done is durable; a drop that is another's, by
        a redelivered event or a poll, is left to them. Raises EventError for
        one that can't be ours.
        """
        self.claiming.expect_inbox(drop)
        route = self._route(drop)
        if route is None:
            return
        try:
            entry = self.claiming.claim(drop, route)
            if entry:
                self.carry_on(entry)
        except LostRaceError:
            log("lost_race", drop_id=drop.drop_id)

    def carry_on(self, entry: Entry, why: Wait | None = None) -> Entry | None:
        """
        Bring a claim that is ours as far as a job, or into its route's queue; there,
        if there is a reason `why`. Return it as it is held for that, if it is. Raises
        LostRaceError.
        """
        prepared = self.staging.prepare(entry)
        if not prepared:
            return None
        entry, checked = prepared
        staged = replace(entry.record.times, staged=self.now())
        why = why or self.holding.must_wait(entry.record.drop)
        if why:
            return self.holding.wait(entry, why, checked=checked, times=staged)
        said = self.create(entry, checked=checked, times=staged)
        if isinstance(said, CreateUnknownError):
            self.markers.doubt(entry.record.drop_id)
        return None

    def create(
        self, entry: Entry, *, not_after: datetime | None = None, **found: Any
    ) -> CreateError | None:
        """
        Ask Vertex AI for the drop's job, once; return what it said instead of one, or
        that it is too late to ask.

        The intent is written first, with what was `found` and a deadline, `not_after`
        at the latest, after which no create is begun; what a create without a clear
        answer made is looked for by polls. Raises LostRaceError before anything was
        asked for.
        """
        deadline = self.now() + self.settings.time("create_deadline")
        if not_after:
            deadline = min(deadline, not_after)
        entry = self.ledger.move(
            entry,
            state=State.SUBMITTING,
            lease_until=None,
            not_before=None,
            create_tries=entry.record.create_tries + 1,
            create_deadline=deadline,
            **found,
        )
        record = entry.record
        if self.now() >= deadline:
            # Nobody was asked, and nobody else asks in its place: no doubt of a job.
            log("create_too_late", severity=Severity.WARNING, drop_id=record.drop_id)
            tries = record.create_tries - 1
            self.holding.wait(entry, Wait.TOO_LATE, create_tries=tries)
            return CreateHeldError(Wait.TOO_LATE, "its deadline is over")
        request = job_request(
            record.drop,
            record.route,
            record.job_key,
            deployment=self.settings.deployment,
            work_bucket=self.settings.work_bucket,
            results_bucket=self.settings.results_bucket,
        )
        # Before it, so that whatever Vertex AI may have counted is counted here.
        log(
            "create_asked",
            drop_id=record.drop_id,
            route=record.route.prefix,
            location=record.route.location,
        )
        try:
            job = self.batches.create(request)
        except CreateRefusedError as error:
            self._refused(entry, error)
            return error
        except CreateHeldError as error:
            self.holding.back_off(entry, error.code)
            return error
        except CreateUnknownError as error:
            log(
                "create_unknown",
                severity=Severity.WARNING,
                drop_id=record.drop_id,
                code=error.code,
            )
            return error
        self.submitted(entry, job)
        return None

    def submitted(self, entry: Entry, job: Job, **found: Any) -> None:
        """Write down which job is the drop's. Raises LostRaceError."""
        times = replace(entry.record.times, submitted=self.now())
        entry = self.ledger.move(
            entry,
            state=State.SUBMITTED,
            set_aside_from=None,
            job_name=job.name,
            times=times,
            **found,
        )
        log("submitted", drop_id=entry.record.drop_id, job=job.name)
        self.markers.advise(entry.record)

    def _route(self, drop: Drop) -> Route | None:
        route = admit(drop.name, self.settings)
        if isinstance(route, Ignored):
            log("ignored", reason=route, name=drop.quoted_name)
            return None
        return route

    def _refused(self, entry: Entry, error: CreateRefusedError) -> None:
        fault = Fault(code=error.code, message=error.message, retryable=False)
        refused = Ending(
            outcome=Outcome.FAILED, reason=Reason.CREATE_REFUSED, fault=fault
        )
        self.freezing.end(entry, refused)
