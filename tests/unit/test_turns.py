"""Turns of a tick: what fills one keeps none of the others from coming first."""

import pytest

from shared.jobs import JobState
from shared.marker import Marker
from shared.turns import Active
from tests.fakes import FakeCloud
from tests.moments import losing_answers, second_job, the_job
from tests.unit.hanging import hang_where, is_out, submitted, tick

_ROUTES = """[
    {"prefix": "in/", "model": "m", "limits": {"queue_seconds": 1800}},
    {"prefix": "off/", "model": "m", "enabled": false,
     "limits": {"queue_seconds": 1800}},
    {"prefix": "world/", "model": "m", "location": "global"}
]"""


def crowded() -> FakeCloud:
    """Twenty drops whose jobs have ended, and can't be asked for."""
    cloud = FakeCloud(routes=_ROUTES)
    submitted(cloud, [f"in/{number}.jsonl" for number in range(20)])
    cloud.batches.finish()
    hang_where(cloud, set(cloud.batches.jobs).__contains__, "get")
    tick(cloud, times=20)
    return cloud


def test_what_can_move_comes_oldest_first_in_most_ticks() -> None:
    cloud = FakeCloud(routes=_ROUTES)
    names = [f"in/{number}.jsonl" for number in range(9)]
    submitted(cloud, names)
    active = Active(jobs={}, unseen=set())
    markers = [each for each in cloud.markers().open() if isinstance(each, Marker)]
    markers.sort(key=lambda marker: marker.drop.name)
    in_order = 0

    for _ in range(40):
        cloud.wait(60)
        came = [each.drop.name for each in active.in_turn(markers, cloud.now)]
        assert sorted(came) == names
        in_order += came == names

    assert 20 < in_order < 40


def test_what_failed_before_keeps_no_second_job_from_its_end() -> None:
    cloud = crowded()
    submitted(cloud, ["in/twice.jsonl"])
    second = second_job(cloud)

    tick(cloud, times=2)

    assert second.name in cloud.batches.cancelled


def test_nor_does_it_keep_what_is_held_from_being_told_of_as_late() -> None:
    cloud = crowded()
    submitted(cloud, ["off/held.jsonl"])

    tick(cloud, times=33)

    assert len(cloud.announcements.published) == 1


@pytest.mark.parametrize("state", [JobState.UNKNOWN, None])
def test_a_location_that_hangs_keeps_no_job_without_news_from_its_end(
    state: JobState | None,
) -> None:
    cloud = FakeCloud(routes=_ROUTES)
    mine = cloud.drop(name="in/mine.jsonl")
    cloud.submit(mine)
    name = the_job(cloud).name
    if state:
        cloud.batches.move(name, state)
    else:
        del cloud.batches.jobs[name]
    tick(cloud)
    with losing_answers(cloud):
        submitted(cloud, [f"world/{number}.jsonl" for number in range(60)])
    cloud.wait(1200)
    if state:
        cloud.batches.move(name, JobState.SUCCEEDED)
    hang_where(cloud, lambda what: "global" in what, "active", "find", "get")

    tick(cloud, times=20)

    assert is_out(cloud, mine)
