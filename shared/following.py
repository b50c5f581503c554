"""A submitted job, followed to its end."""

from dataclasses import dataclass
from datetime import timedelta

from shared.errors import MissingError
from shared.freezing import Freezing
from shared.jobs import Job, raw_folder, shown
from shared.lateness import Lateness
from shared.ledger import NOTHING_FAILED, Entry, Ledger
from shared.logs import Severity, log
from shared.marker import Marker
from shared.markers import Markers
from shared.outcomes import Ending, Fault, Outcome, Reason, ending_of
from shared.ports import Batches, Clock, Objects
from shared.records import Record
from shared.settings import Settings

# So many 404s are written down, with a part of the time after each, before one tells.
_LOOKS = 3
# What nobody has looked at for longer is not known to have been missing all along.
_LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The step between a create and an end, with the ports it needs."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    objects: Objects
    freezing: Freezing
    batches: Batches
    lateness: Lateness
    now: Clock

    def follow(self, entry: Entry, marker: Marker, jobs: list[Job]) -> Entry | None:
        """
        Return the entry, its message frozen and the publish lease ours, if the
        drop's job has ended. Raises LostRaceError.
        """
        record = entry.record
        job = shown(record.job_name, jobs)
        if job is None:
            try:
                job = self.batches.get(record.job_name)
            except MissingError:
                return self._missing(entry)
            if job.state.is_final:
                return self._end(entry, ending_of(job, rows=record.rows))
            log("still_waits", drop_id=record.drop_id, state=job.state)
        if record.missing_since:
            entry = self.ledger.move(entry, missing_looks=())
        entry = self.lateness.look(entry, job)
        if record.retry_at:
            # No sooner: a look that fails each time would never have failed before.
            entry = self.ledger.move(entry, **NOTHING_FAILED)
        self.markers.advise_if_news(entry.record, marker, job)
        return None

    def _end(self, entry: Entry, ending: Ending) -> Entry:
        raw_folders = self._raw_folders(entry.record, ending.job)
        return self.freezing.end(
            entry, ending, raw_folders=raw_folders, announcing=True
        )

    def _missing(self, entry: Entry) -> Entry | None:
        """
        A job that can't be found is lost only when that has lasted, and looks all along
        have come to nothing.
        """
        now, looks = self.now(), entry.record.missing_looks
        forgotten = self.settings.time("job_lost") + _LONGEST_PAUSE
        if not looks or not looks[-1] <= now <= looks[-1] + forgotten:
            log("job_missing", severity=Severity.ERROR, drop_id=entry.record.drop_id)
            entry = self.ledger.move(entry, missing_looks=(now,))
            self.markers.advise(entry.record)
            return None
        is_next = now >= looks[-1] + self.settings.time("job_lost") / _LOOKS
        if not is_next or len(looks) < _LOOKS:
            if is_next:
                entry = self.ledger.move(entry, missing_looks=(*looks, now))
            self.lateness.look(entry)
            return None
        fault = Fault(
            code="NOT_FOUND",
            message="Vertex AI no longer knows the job: whatever it wrote is in the "
            "raw folder; drop the file again for the rest",
            retryable=True,
        )
        return self._end(
            entry,
            Ending(outcome=Outcome.FAILED, reason=Reason.JOB_LOST, fault=fault),
        )

    def _raw_folders(self, record: Record, job: Job | None) -> tuple[str, ...]:
        """The folders that Vertex wrote for the drop, as it says or as they lie."""
        if job and job.output_directory:
            return (job.output_directory.rstrip("/") + "/",)
        bucket = self.settings.results_bucket
        prefix = raw_folder(record.drop, record.route, record.job_key)
        folders = {
            info.name[: info.name.index("/", len(prefix)) + 1]
            for info in self.objects.list(bucket, prefix)
            if "/" in info.name[len(prefix) :]
        }
        return tuple(f"gs://{bucket}/{folder}" for folder in sorted(folders))
