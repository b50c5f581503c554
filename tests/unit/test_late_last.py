"""A late drop is moved on before it is told of: what can't be told hinders nothing."""

import json

import pytest

from shared.drops import Drop
from shared.errors import ForbiddenError, RefusedError
from shared.jobs import JobState
from shared.ledger import record_name
from shared.records import State
from tests.fakes import FakeCloud
from tests.moments import (
    fail_every,
    polled_for,
    record,
    settled,
    the_job,
    told,
    unanswered,
)

HOUR = 3600


def cloud_of(*, enabled: bool = True, **limits: int) -> FakeCloud:
    """A cloud with one route, of these limits."""
    return FakeCloud(routes=routes(enabled=enabled, **limits))


def routes(*, enabled: bool = True, **limits: int) -> str:
    return json.dumps(
        [{"prefix": "in/", "model": "m", "enabled": enabled, "limits": limits}]
    )


def nothing_goes_out(cloud: FakeCloud) -> None:
    fail_every(cloud, "announcements.publish", ForbiddenError("403"))


def mend(cloud: FakeCloud) -> None:
    cloud.faults.on_call = lambda _: None


def held_in_doubt() -> tuple[FakeCloud, Drop]:
    """Its job has not shown, its route is off since, and its time is over."""
    cloud = cloud_of()
    drop = unanswered(cloud)
    cloud.batches.hidden.add(the_job(cloud).name)
    cloud.change(routes=routes(enabled=False))
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    assert record(cloud, drop.drop_id).state is State.HELD
    cloud.wait(73 * HOUR)
    return cloud, drop


def test_a_job_that_comes_to_light_is_adopted_before_its_drop_is_told_of() -> None:
    """Its job is gone by the time that anybody can be told, and was announced."""
    cloud, _ = held_in_doubt()
    nothing_goes_out(cloud)
    cloud.poll()
    cloud.batches.hidden.clear()
    polled_for(cloud, 3)
    cloud.batches.finish()
    polled_for(cloud, 3)
    cloud.batches.forget()
    cloud.change(routes=routes())
    mend(cloud)

    polled_for(cloud, 2)

    assert len(cloud.batches.requests) == 1
    assert sorted(told(cloud)) == ["completed", "queued_too_long"]


@pytest.mark.parametrize("deadline", [600, HOUR, 100 * HOUR])
def test_so_is_one_whose_create_had_no_answer(deadline: int) -> None:
    cloud = cloud_of(deadline_seconds=deadline)
    unanswered(cloud)
    nothing_goes_out(cloud)
    polled_for(cloud, deadline / HOUR + 1, step=60 if deadline < HOUR else 1800)
    cloud.batches.finish()
    polled_for(cloud, 3)
    cloud.batches.forget()
    mend(cloud)

    polled_for(cloud, 2)

    assert len(cloud.batches.requests) == 1
    assert told(cloud)[0] == "completed"


def test_the_end_of_its_job_is_written_down_before() -> None:
    cloud = cloud_of(deadline_seconds=HOUR)
    cloud.submit(cloud.drop())
    nothing_goes_out(cloud)
    polled_for(cloud, 2)
    cloud.batches.finish()
    polled_for(cloud, 2)
    cloud.batches.forget()
    polled_for(cloud, 2)

    mend(cloud)
    polled_for(cloud, 1)

    assert told(cloud) == ["completed", "past_deadline"]


def test_a_copy_of_its_file_is_made_before() -> None:
    """Its file is gone by the time that anybody can be told."""
    cloud = cloud_of(deadline_seconds=HOUR)
    drop = cloud.drop()
    cloud.wait(4000)
    cloud.look_at_inbox()
    nothing_goes_out(cloud)
    polled_for(cloud, 2)
    cloud.objects.remove("inbox", drop.name, for_ever=True)
    cloud.batches.finish()
    mend(cloud)

    polled_for(cloud, 2)

    assert told(cloud)[0] == "completed"


def test_its_folder_is_written_before() -> None:
    """Whoever has dropped it looks there, and hears of no message."""
    cloud = cloud_of(deadline_seconds=HOUR)
    drop = cloud.drop(b"this is no row")
    cloud.wait(4000)
    nothing_goes_out(cloud)
    cloud.submit(drop)

    polled_for(cloud, 3)

    written = {name.rpartition("/")[2] for name in cloud.objects.names("results")}
    assert written >= {"drop.json", "report.json"}


def test_a_job_that_runs_is_not_told_of_as_one_that_waits() -> None:
    """Its create had no answer, and the route's limit is over before it is found."""
    cloud = cloud_of(queue_seconds=600)
    unanswered(cloud)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())

    polled_for(cloud, 1, step=60)
    cloud.batches.finish()
    polled_for(cloud, 1, step=60)

    assert told(cloud) == ["completed"]


def ended_and_late(*failing: str, error: Exception) -> FakeCloud:
    """Its job has ended, its time is over, and each of these calls fails for ever."""
    cloud = cloud_of(deadline_seconds=60)
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.wait(HOUR)

    def on_call(name: str) -> None:
        if name in failing:
            raise error

    cloud.faults.on_call = on_call
    return cloud


def tries_in_half_a_day(*failing: str) -> int:
    """How often its job is asked for, once that has failed for as long."""
    cloud = ended_and_late("batches.get", *failing, error=ForbiddenError("403"))
    polled_for(cloud, 12, step=60)
    cloud.faults.calls.clear()
    polled_for(cloud, 12, step=60)
    return cloud.faults.calls.count("batches.get")


def test_a_drop_whose_word_can_not_go_out_is_tried_as_seldom_as_any_other() -> None:
    tries = tries_in_half_a_day("announcements.publish")

    assert 12 <= tries <= tries_in_half_a_day() + 1


def test_a_drop_that_fails_is_counted_though_its_word_can_not_go_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = ("batches.get", "announcements.publish")
    cloud = ended_and_late(*calls, error=RefusedError("400"))
    capsys.readouterr()
    polled_for(cloud, 2)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    failed = [line["failures"] for line in lines if line["event"] == "drive_failed"]
    assert failed == [1, 2, 3, 4]


def test_one_that_fails_only_as_it_is_looked_at_for_being_late_is_set_aside() -> None:
    """Its job runs, so all that comes before that look goes well."""
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    name = record_name(drop.drop_id)
    said = json.loads(cloud.objects.content("state", name))
    # More than any time has room for.
    said["route"]["limits"]["run_seconds"] = 10**15
    cloud.objects.put("state", name, json.dumps(said).encode())

    for tries in range(cloud.settings.set_aside_tries):
        assert record(cloud, drop.drop_id).failures == tries
        cloud.wait(24 * 3600 + 1)
        with pytest.raises(OverflowError):
            cloud.poll()

    assert record(cloud, drop.drop_id).state is State.SET_ASIDE
