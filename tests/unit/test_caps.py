"""How many jobs at a time: soft caps, of a route and of the deployment."""

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import (
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
    RefusedError,
)
from shared.jobs import JobRequest
from shared.marker import marker_name
from tests.fakes import FakeCloud
from tests.moments import fail_every, settled, unanswered
from tests.unit.capped import cloud_with, drop
from tests.unit.hanging import hang_where, submitted, tick
from tests.unit.queued import hold, of_model, two_routes


def running(cloud: FakeCloud) -> int:
    return sum(not job.state.is_final for job in cloud.batches.jobs.values())


def most_at_a_time(cloud: FakeCloud) -> int:
    """How many jobs run at once at the most, until all drops have ended."""
    most = 0
    while cloud.open():
        cloud.poll()
        most = max(most, running(cloud))
        cloud.wait(60)
        cloud.batches.finish()
    return most


def test_a_job_that_is_missing_counts_as_one_that_runs() -> None:
    cloud = cloud_with(jobs=1)
    drop(cloud, 1, 1)
    cloud.poll()
    cloud.batches.forget()
    cloud.poll()
    cloud.poll()
    assert len(cloud.batches.requests) == 1


def test_a_drop_whose_missing_job_is_given_up_leaves_its_place() -> None:
    """Set aside: what its marker says of a job that is missing holds no longer."""
    cloud = FakeCloud(jobs="1", set_aside_tries="1")
    drop(cloud, 1, 1)
    cloud.poll()
    cloud.batches.forget()
    cloud.poll()
    fail_every(cloud, "batches.get", RefusedError("400"))

    for _ in range(3):
        cloud.wait(600)
        cloud.poll()

    assert len(cloud.batches.requests) == 2


def test_a_route_has_no_more_jobs_at_a_time_than_its_cap() -> None:
    cloud = cloud_with(jobs=2)

    drop(cloud, *[1] * 5)
    drop(cloud, 1, folder="other")
    most = most_at_a_time(cloud)

    # The other route's is made at once, and is one of the first three.
    assert most == 3
    assert len(cloud.announcements.published) == 6


def test_all_routes_have_no_more_jobs_at_a_time_than_the_deployments_cap() -> None:
    cloud = cloud_with("3")

    drop(cloud, *[1] * 5)
    drop(cloud, *[1] * 5, folder="other")
    most = most_at_a_time(cloud)

    assert most == 3
    assert len(cloud.announcements.published) == 10


@pytest.mark.parametrize("cap", [{"jobs": 1}, {"in_all": "1"}])
def test_a_create_that_is_refused_gives_its_place_back_in_the_same_tick(
    cap: dict[str, Any],
) -> None:
    cloud = cloud_with(**cap)
    drop(cloud, *[1] * 3)
    said = iter([CreateRefusedError("INVALID_ARGUMENT", "no")])
    cloud.batches.answer = lambda: next(said, None)

    cloud.poll()

    asked = cloud.faults.calls.count("batches.create")
    assert (asked, running(cloud)) == (2, 1)


def test_a_job_that_is_adopted_has_its_place() -> None:
    """It is in no list of active ones yet, and was looked for."""
    cloud = FakeCloud()
    unanswered(cloud)
    cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.wait(settled(cloud) + 1)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.poll()
    cloud.batches.answer = None
    drop(cloud, 1)
    cloud.batches.hidden.clear()
    cloud.change(jobs="1")
    cloud.batches.active = lambda _: iter(())  # type: ignore[assignment]  # it lags
    cloud.wait(cloud.settings.hold_max_seconds)

    cloud.poll()

    assert running(cloud) == 1


def test_drops_of_a_route_that_is_gone_have_the_deployments_cap_too() -> None:
    cloud = cloud_with("1")
    for number in range(3):
        left = cloud.drop(name=f"in/{number}.jsonl")
        route = cloud.settings.routes.match(left.name)
        assert route
        # Claimed, and nobody stays at work on it.
        cloud.submission().claiming.claim(left, route, stays=False)

    cloud.change(routes='[{"prefix": "other/", "model": "m"}]', jobs="1")
    most = most_at_a_time(cloud)

    assert most == 1
    assert len(cloud.announcements.published) == 3


def test_routes_share_a_cap_whose_jobs_end_between_two_polls() -> None:
    """Nothing tells then who was served last: it goes by lot."""
    cloud = cloud_with("1")
    drop(cloud, *(1,) * 20)
    drop(cloud, 1, folder="other")

    for _ in range(20):
        cloud.poll()
        cloud.batches.finish()
        cloud.wait(60)

    first = cloud.batches.requests[:20]
    assert sum("/other/" in request.output_uri_prefix for request in first) == 1


def test_a_place_is_first_of_the_route_that_was_served_longest_ago() -> None:
    """By its last job, which may be that of an older drop than others."""
    cloud = cloud_with()
    minutes = {"in/0": 1, "in/1": 60, "in/2": 120, "other/0": 30, "other/1": 90}
    for name, ago in minutes.items():
        cloud.submit(one := cloud.drop(name=f"{name}.jsonl"))
        at = cloud.time - timedelta(minutes=ago)
        marker = marker_name(one.drop_id)
        cloud.objects.annotate("state", marker, {"submitted-at": at.isoformat()})
        cloud.wait(1)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    drop(cloud, 1)
    drop(cloud, 1, folder="other")
    cloud.batches.answer = None
    cloud.wait(cloud.settings.hold_max_seconds)
    cloud.change(jobs="6")

    cloud.poll()

    assert len(cloud.batches.requests) == 6
    assert "/other/" in cloud.batches.requests[-1].output_uri_prefix


@pytest.mark.parametrize("cap", [1, 5])
def test_an_outage_of_a_location_takes_the_places_of_no_other(cap: int) -> None:
    """What nobody can look for there may be jobs, as many as the cap and no more."""
    cloud = two_routes("global", jobs=str(cap))
    asked: list[str] = []

    def answer(request: JobRequest) -> None:
        asked.append(request.location)
        if request.location != "global":
            raise CreateUnknownError("UNAVAILABLE", "away")

    hold(cloud, [f"in/{number}.jsonl" for number in range(9)])
    cloud.batches.on_create = answer
    hang_where(cloud, lambda where: "us-central1" in where, "find")
    tick(cloud, times=60)
    assert asked == ["us-central1"] * cap

    hold(cloud, [f"good/{number}.jsonl" for number in range(9)])
    tick(cloud, times=6)

    assert asked[cap:] == ["global"] * cap


@pytest.mark.parametrize("call", ["create", "get"])
def test_what_can_be_looked_for_takes_a_place_of_all(call: str) -> None:
    """A create has had no answer yet; or a job ended, and nobody can ask how."""
    cloud = two_routes("global", jobs="1")
    hang_where(cloud, lambda where: "us-central1" in where, call)
    submitted(cloud, ["in/a.jsonl"])
    tick(cloud)
    cloud.batches.finish()
    submitted(cloud, ["good/a.jsonl"])

    tick(cloud, times=3)

    assert of_model(cloud, "k") == 0
