"""An hour without clear answers, and what follows it: all ends, and nothing bursts."""

import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateUnknownError, ServiceError
from shared.jobs import Job, JobRequest
from tests.fakes import FakeCloud

_CALL_SECONDS = 0.4
# So many calls that a tick has time for 25 of them.
_BUDGET_SECONDS = 10


def away() -> Exception:
    return CreateUnknownError("UNAVAILABLE", "away")


def test_more_doubts_than_a_tick_can_read_are_made_again_and_end() -> None:
    """No job was made; each call takes its time, and a tick has time for few."""
    cloud = FakeCloud(poll_budget_seconds=str(_BUDGET_SECONDS))
    cloud.batches.answer = away
    drops = [cloud.drop(name=f"in/{number:02}.jsonl") for number in range(40)]
    for drop in drops:
        cloud.submit(drop)
    cloud.wait(3600)
    cloud.batches.answer = None

    cloud.faults.on_call = lambda _: cloud.wait(_CALL_SECONDS)
    for _ in range(150):
        cloud.wait(60)
        cloud.batches.finish()
        cloud.poll()
        if not cloud.open():
            break

    ended = {said["ce-subject"] for _, said in cloud.announcements.published}
    assert len(ended) == len(drops)
    assert cloud.open() == []
    assert len(cloud.batches.requests) == len(drops)


def orphaned(cloud: FakeCloud, drop: Drop) -> None:
    """Its handler died between marker and record."""
    route = cloud.settings.routes.match(drop.name)
    assert route is not None
    cloud.markers().mark(drop, route)


def left(cloud: FakeCloud, drop: Drop) -> None:
    """Its claim has no owner, as the backstop leaves it."""
    route = cloud.settings.routes.match(drop.name)
    assert route is not None
    cloud.submission().claiming.claim(drop, route, stays=False)


@pytest.mark.parametrize("begun", [orphaned, left])
def test_what_a_tick_takes_over_is_created_by_the_brakes_of_its_line(
    begun: Callable[[FakeCloud, Drop], None],
) -> None:
    """A service that is away makes few doubts in a tick."""
    cloud = FakeCloud()
    cloud.batches.answer = away
    for number in range(9):
        begun(cloud, cloud.drop(name=f"in/{number}.jsonl"))

    for _ in range(2):
        cloud.faults.calls.clear()
        cloud.wait(60)
        cloud.poll()
        assert cloud.faults.calls.count("batches.create") <= 3

    assert "batches.create" in cloud.faults.calls


@pytest.mark.parametrize("begun", [orphaned, left])
def test_what_a_tick_takes_over_of_a_route_that_is_gone_keeps_to_the_cap_on_jobs(
    begun: Callable[[FakeCloud, Drop], None],
) -> None:
    cloud = FakeCloud(jobs="1")
    for number in range(3):
        begun(cloud, cloud.drop(name=f"in/{number}.jsonl"))
    cloud.change(jobs="1", routes='[{"prefix": "other/", "model": "m"}]')

    for _ in range(3):
        cloud.wait(60)
        cloud.poll()

    assert len(cloud.batches.requests) == 1


def one_away(routes: int = 1, jobs: str = "") -> FakeCloud:
    """A good route, and so many of a model whose creates have no clear answer."""
    away = [f"away{number}" for number in range(routes)]
    given = [{"prefix": f"{each}/", "model": "m"} for each in away]
    good = {"prefix": "good/", "model": "k"}
    cloud = FakeCloud(routes=json.dumps([*given, good]), jobs=jobs)
    create = cloud.batches.create

    def ask(request: JobRequest) -> Job:
        if request.model.endswith("/m"):
            raise CreateUnknownError("INTERNAL", "away")
        return create(request)

    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    for number in range(100):
        for route in (*away, "good"):
            cloud.submit(cloud.drop(name=f"{route}/{number}.jsonl"))
    cloud.batches.answer = None
    cloud.batches.create = ask  # type: ignore[method-assign]  # a fault
    cloud.wait(cloud.settings.hold_max_seconds)
    return cloud


def test_a_model_that_is_away_holds_no_other_route_of_its_location_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = one_away()
    capsys.readouterr()

    cloud.poll()

    assert len(cloud.batches.requests) == 100
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    asked = Counter(x["route"] for x in lines if x["event"] == "create_asked")
    assert asked == {"good/": 100, "away0/": 3}


@pytest.mark.parametrize("routes", [3, 10])
def test_nor_do_several_of_its_routes(routes: int) -> None:
    """They may come first once, and then have been served."""
    cloud = one_away(routes)

    for _ in range(5):
        cloud.poll()
        cloud.wait(60)

    assert len(cloud.batches.requests) == 100


def test_nor_does_it_take_the_places_that_a_cap_on_jobs_leaves() -> None:
    """Its doubts hold some until they settle; what is free then is not first theirs."""
    cloud = one_away(jobs="4")

    for _ in range(60):
        cloud.poll()
        cloud.batches.finish()
        cloud.wait(60)

    assert len(cloud.batches.requests) > 25


def test_a_route_with_a_doubt_that_can_not_settle_has_its_turn() -> None:
    """It was asked for once, long ago, in a location that gives no list."""
    at = {"prefix": "away/", "model": "m", "location": "global"}
    good = {"prefix": "good/", "model": "k"}
    cloud = FakeCloud(routes=json.dumps([at, good]), jobs="2")
    cloud.batches.answer = away
    doubted = cloud.drop(name="away/doubt.jsonl")
    cloud.submit(doubted)
    cloud.batches.answer = None
    cloud.poll()
    active = cloud.batches.active

    def listed(location: str) -> Iterator[Job]:
        if location == "global":
            raise ServiceError("away")
        return active(location)

    cloud.batches.active = listed  # type: ignore[method-assign]  # a fault
    cloud.change(routes=json.dumps([{**at, "location": "us-central1"}, good]))
    for number in range(30):
        for route in ("away", "good"):
            cloud.submit(cloud.drop(name=f"{route}/{number}.jsonl"))

    # Each job takes three polls, so that one place is free at a time.
    for minute in range(60):
        cloud.poll()
        cloud.batches.finish(after_seconds=60 * (1 + minute % 3))
        cloud.wait(60)

    made = Counter(request.model[-1] for request in cloud.batches.requests)
    assert made["m"] >= made["k"] - 2 > 0
