"""A create that takes as long as it may, and who looks at its drop meanwhile."""

from shared.errors import ServiceError
from tests.fakes import FakeCloud
from tests.moments import at_call, record, the_job, unanswered


def test_settling_begins_when_the_last_create_that_may_be_under_way_has_ended() -> None:
    """Begun right before its deadline, it took as long as it may; `List` lags."""
    cloud = FakeCloud()
    settings = cloud.settings
    cloud.batches.lag_seconds = settings.settle_seconds - 10
    slow = settings.create_deadline_seconds + settings.create_timeout_seconds - 2
    at_call(cloud, "batches.create", lambda: cloud.wait(slow))
    unanswered(cloud)

    for _ in range(80):
        cloud.wait(10)
        cloud.poll()

    assert len(cloud.batches.jobs) == 1


def test_a_failed_read_takes_no_record_away_from_who_is_at_work_on_it() -> None:
    """A poll beside the create fails to read the record, and counts that."""
    cloud = FakeCloud()

    def poll() -> None:
        at_call(cloud, "objects.read state", fail)
        assert cloud.poll().failed == 1

    def fail() -> None:
        raise ServiceError("503")

    at_call(cloud, "batches.create", poll)
    drop = cloud.drop()
    cloud.submit(drop)

    found = record(cloud, drop.drop_id)
    assert (found.state, found.in_doubt) == ("submitted", False)
    assert found.job_name == the_job(cloud).name
