"""A job whose create had no clear answer, looked for and made the drop's own."""

from dataclasses import dataclass

from shared.jobs import JobState
from shared.ledger import Entry
from shared.logs import log
from shared.ports import Batches
from shared.submission import Submission
from shared.twins import Twins, twins_of, with_names

# No answers will come of it, or not all.
_IN_VAIN = frozenset(
    {JobState.CANCELLING, JobState.CANCELLED, JobState.FAILED, JobState.EXPIRED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """What comes before any other create of a drop that is in doubt."""

    batches: Batches
    submission: Submission
    twins: Twins

    def adopt(self, entry: Entry) -> bool:
        """
        Make the earliest job that has the drop's key the drop's; whether there is
        one. What has come to nothing is taken only for want of another; the others are
        named, and asked to end. Raises LostRaceError.
        """
        record = entry.record
        found = self.batches.find(record.route.location, str(record.job_key))
        if not found:
            return False
        job = min(found, key=lambda job: job.state in _IN_VAIN)
        log("adopted", drop_id=record.drop_id, job=job.name)
        twins = twins_of(job.name, found)
        named = with_names(record.twins, twins)
        self.submission.submitted(entry, job, in_doubt=True, twins=named)
        self.twins.end(record, twins)
        return True
