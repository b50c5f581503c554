"""
What befalls jobs in the days of a deployment: they go through the states that Vertex
AI has, are cancelled by others, are missing from lists for a while, and can not be
asked for.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from shared.drops import Drop
from shared.jobs import FINAL, JobState, JobStats
from shared.ledger import record_name
from shared.records import decode_record
from tests.properties.world import World

_ONE_ROW = JobStats(successful=1, failed=0)
# A bucket that is not there fails a job before it runs, and a cancel ends it.
_BEFORE_IT_RAN = (
    JobState.RUNNING,
    JobState.EXPIRED,
    JobState.FAILED,
    JobState.CANCELLED,
)
_MOVES = {
    JobState.QUEUED: (JobState.PENDING, *_BEFORE_IT_RAN),
    JobState.PENDING: (JobState.QUEUED, *_BEFORE_IT_RAN),
    JobState.RUNNING: (
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.PARTIALLY_SUCCEEDED,
        JobState.PAUSED,
        JobState.UPDATING,
        JobState.UNKNOWN,
    ),
    JobState.CANCELLING: (JobState.CANCELLED, JobState.SUCCEEDED, JobState.FAILED),
    JobState.PAUSED: (JobState.RUNNING,),
    JobState.UPDATING: (JobState.RUNNING,),
    JobState.UNKNOWN: (JobState.RUNNING, JobState.FAILED),
}


class DaysOfJobs(RuleBasedStateMachine):
    """The part of a deployment's days that Vertex AI has in its hands."""

    world: World
    drops: list[Drop]

    @precondition(lambda self: self.world.cloud.batches.jobs)
    @rule(data=st.data())
    def a_job_moves_on(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.cloud.batches.jobs)))
        job = self.world.cloud.batches.jobs[name]
        if job.state in FINAL:
            return
        state = data.draw(st.sampled_from(_MOVES[job.state]))
        rows = data.draw(st.integers(0, 3))
        stats = JobStats(successful=rows, failed=3 - rows) if state in FINAL else None
        self.world.cloud.batches.move(name, state, stats=stats)

    @precondition(lambda self: self.world.cloud.batches.jobs)
    @rule(data=st.data())
    def somebody_cancels_a_job(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.cloud.batches.jobs)))
        self.world.cloud.batches.move(name, JobState.CANCELLING)

    @rule(lag=st.sampled_from([0, 60, 300, 590]))
    def lists_lag(self, lag: int) -> None:
        self.world.cloud.batches.lag_seconds = lag

    @precondition(lambda self: self._known())
    @rule(data=st.data())
    def lists_lose_a_job(self, data: st.DataObject) -> None:
        """One that is known: of others the settling time is to take care."""
        name = data.draw(st.sampled_from(self._known()))
        self.world.cloud.batches.hidden.add(name)

    @precondition(lambda self: self.world.cloud.batches.hidden)
    @rule()
    def lists_are_whole_again(self) -> None:
        self.world.cloud.batches.hidden.clear()

    @precondition(lambda self: self._known())
    @rule(data=st.data())
    def a_job_ends_and_can_not_be_asked_for(self, data: st.DataObject) -> None:
        """Each try comes to an error, until somebody mends it."""
        name = data.draw(st.sampled_from(self._known()))
        self.world.cloud.batches.move(name, JobState.SUCCEEDED, stats=_ONE_ROW)
        self.world.cloud.batches.poisoned.add(name)

    @precondition(lambda self: self.world.cloud.batches.poisoned)
    @rule()
    def jobs_can_be_asked_for_again(self) -> None:
        self.world.cloud.batches.poisoned.clear()

    def _known(self) -> list[str]:
        """The jobs that their drops' records name."""
        cloud, known = self.world.cloud, []
        for drop in self.drops:
            place = "state", record_name(drop.drop_id)
            if stored := cloud.objects.live.get(place):
                record = decode_record(stored.content, drop.drop_id)
                known.append(record.job_name)
        return sorted(set(known) & set(cloud.batches.jobs))
