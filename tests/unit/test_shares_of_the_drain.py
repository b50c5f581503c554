"""Routes share the time of the drain, its places and its quota."""

import json
from collections.abc import Callable

import pytest

from shared.errors import CreateHeldError
from shared.jobs import Job, JobRequest
from tests.fakes import FakeCloud
from tests.lots import drawing
from tests.unit.hanging import hang_where, submitted, tick
from tests.unit.queued import doubt, hold, of_model, two_routes

_MANY = 40
_CALL_SECONDS = 0.05


@pytest.mark.parametrize("order", [0, 1])
def test_what_is_held_has_the_time_that_no_other_drop_needs(order: int) -> None:
    cloud = FakeCloud()
    hold(cloud, [f"in/{number}.jsonl" for number in range(200)])

    def taking_a_second(_: JobRequest) -> None:
        cloud.wait(1)

    cloud.batches.on_create = taking_a_second
    with drawing(order):
        left = cloud.poll().left

    made = len(cloud.batches.requests)
    assert made >= cloud.settings.poll_budget_seconds - 1
    assert left == 200 - made


def hang_finds(cloud: FakeCloud) -> None:
    """So many drops in doubt, whose job nobody can look for."""
    doubt(cloud, [f"in/{number}.jsonl" for number in range(_MANY)])
    hang_where(cloud, lambda _: True, "find")


def age_copies(cloud: FakeCloud) -> None:
    """So many files that were held for longer than copies are kept, and are large."""
    on = cloud.settings.routes_json
    cloud.change(routes=on.replace('"m"', '"m", "enabled": false'))
    submitted(cloud, [f"in/{number}.jsonl" for number in range(_MANY)])
    for name in cloud.objects.names("work"):
        cloud.objects.remove("work", name)
    cloud.change(routes=on)


@pytest.mark.parametrize("location", ["us-central1", "global"])
@pytest.mark.parametrize("slow", [hang_finds, age_copies])
def test_a_queue_that_takes_long_leaves_time_for_the_next(
    slow: Callable[[FakeCloud], None], location: str
) -> None:
    cloud = two_routes(location)
    slow(cloud)
    hold(cloud, [f"good/{number}.jsonl" for number in range(100)])
    cloud.objects.on_chunk = lambda: cloud.wait(90)

    def taking_time(_: JobRequest) -> None:
        cloud.wait(_CALL_SECONDS)

    cloud.batches.on_create = taking_time
    tick(cloud, times=2)

    assert of_model(cloud, "k") == 100


def test_creates_that_hang_leave_time_for_another_location() -> None:
    """It gives its list; and each of its routes comes before the other's."""
    away = [
        {"prefix": f"{n}/", "model": "m", "location": "global"} for n in range(_MANY)
    ]
    cloud = FakeCloud(routes=json.dumps([*away, {"prefix": "good/", "model": "k"}]))
    names = [f"{n}/a.jsonl" for n in range(_MANY)]
    hold(cloud, [*names, *(f"good/{n}.jsonl" for n in range(20))])
    hang_where(cloud, lambda where: where == "global", "create")

    tick(cloud, times=2)

    assert of_model(cloud, "k") == 20


@pytest.mark.parametrize("seconds", [1.5, 5])
def test_routes_share_places_whatever_time_their_creates_take(seconds: float) -> None:
    """A slow one has as many as the others, and so has one in another location."""
    here = [{"prefix": f"{n}/", "model": "m"} for n in range(10)]
    there = {"prefix": "good/", "model": "k", "location": "global"}
    cloud = FakeCloud(routes=json.dumps([*here, there]), jobs="22")
    hold(cloud, [f"{at}/{n}.jsonl" for at in (*range(10), "good") for n in range(10)])

    def taking_time(request: JobRequest) -> None:
        cloud.wait(seconds if "/good/" in request.output_uri_prefix else 1.5)

    cloud.batches.on_create = taking_time
    tick(cloud)

    assert (len(cloud.batches.requests), of_model(cloud, "k")) == (22, 2)


@pytest.mark.parametrize(("waiting", "drops"), [(_MANY, 1), (3, 3)])
@pytest.mark.parametrize("says", ["", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED"])
def test_routes_that_wait_put_no_other_of_their_location_last(
    says: str, waiting: int, drops: int
) -> None:
    """
    They are switched off, or told to wait. To tell of each takes a call, in which
    nobody else needs the time that the other location has.
    """
    routes = [
        {"prefix": f"{n}/", "model": "z", "enabled": bool(says)} for n in range(waiting)
    ]
    routes.append({"prefix": "here/", "model": "m"})
    routes.append({"prefix": "there/", "model": "k", "location": "global"})
    cloud = FakeCloud(routes=json.dumps(routes))
    hold(cloud, [f"{at}/{n}.jsonl" for at in range(waiting) for n in range(drops)])
    hold(cloud, [f"{at}/{n}.jsonl" for at in ("here", "there") for n in range(30)])
    cloud.change(routes=cloud.settings.routes_json, jobs="20")
    cloud.faults.on_call = lambda _: cloud.wait(0.3)

    def answer(request: JobRequest) -> None:
        if request.model.endswith("/z"):
            raise CreateHeldError(says, "not now")

    cloud.batches.on_create = answer
    tick(cloud)

    assert (of_model(cloud, "m"), of_model(cloud, "k")) == (10, 10)


def without_quota(cloud: FakeCloud) -> None:
    """There is none but for the model `k`, and never was."""
    create = cloud.batches.create

    def ask(request: JobRequest) -> Job:
        if not request.model.endswith("/k"):
            raise CreateHeldError("RESOURCE_EXHAUSTED", "quota 0")
        return create(request)

    cloud.batches.create = ask  # type: ignore[method-assign]  # a fault


def test_routes_of_models_without_quota_brake_none_of_another() -> None:
    dead = [{"prefix": f"{n}/", "model": f"m{n % 4}"} for n in range(_MANY)]
    good = {"prefix": "good/", "model": "k", "limits": {"jobs": 1000}}
    cloud = FakeCloud(routes=json.dumps([*dead, good]))
    without_quota(cloud)
    for number in range(_MANY):
        submitted(cloud, [f"{number}/{n}.jsonl" for n in range(5)])

    for minute in range(60):
        submitted(cloud, [f"good/{minute}.jsonl"])
        tick(cloud)
        assert of_model(cloud, "k") == minute + 1
        cloud.batches.finish()


@pytest.mark.parametrize("dead", [1, 10])
def test_what_a_model_without_quota_holds_of_a_route_that_is_gone_rests_alone(
    dead: int,
) -> None:
    cloud = two_routes(enabled=False)
    without_quota(cloud)
    submitted(cloud, [f"in/{number}.jsonl" for number in range(dead)])
    submitted(cloud, ["good/a.jsonl"])
    cloud.change(routes='[{"prefix": "other/", "model": "k"}]')

    tick(cloud, times=1 + dead)

    assert of_model(cloud, "k") == 1


def test_a_model_whose_quota_is_used_up_brakes_no_other() -> None:
    """It had some, and its routes made jobs in this tick."""
    models = {f"{n}/": "m" for n in range(3)} | {"good/": "k"}
    routes = [{"prefix": at, "model": model} for at, model in models.items()]
    cloud = FakeCloud(routes=json.dumps(routes))
    hold(cloud, [f"{route}{n}.jsonl" for route in models for n in range(20)])

    def answer(request: JobRequest) -> None:
        if request.model.endswith("/m") and of_model(cloud, "m") >= 3:
            raise CreateHeldError("RESOURCE_EXHAUSTED", "quota")

    cloud.batches.on_create = answer
    cloud.poll()

    assert (of_model(cloud, "m"), of_model(cloud, "k")) == (3, 20)


@pytest.mark.parametrize("own", [(1, 1), (1, 1, 1), (5, 5, 5), (1, 2, 3, 4, 5)])
def test_models_with_quotas_of_their_own_brake_no_other(own: tuple[int, ...]) -> None:
    """Of three, or of more if jobs of another are made in between."""
    most = {f"m{number}": quota for number, quota in enumerate(own)} | {"k": 30}
    routes = [{"prefix": f"{name}/", "model": name} for name in most]
    cloud = FakeCloud(routes=json.dumps(routes))
    hold(cloud, [f"{name}/{n}.jsonl" for name in most for n in range(30)])

    def answer(request: JobRequest) -> None:
        model = request.model.rpartition("/")[2]
        if of_model(cloud, model) >= most[model]:
            raise CreateHeldError("RESOURCE_EXHAUSTED", "quota")

    cloud.batches.on_create = answer
    cloud.poll()

    assert {name: of_model(cloud, name) for name in most} == most


def test_a_quota_that_is_used_up_is_no_models_alone() -> None:
    """Models that made jobs in this tick are told so, one after the other: four."""
    models = [{"prefix": f"{n}/", "model": f"m{n}"} for n in range(9)]
    there = {"prefix": "good/", "model": "k", "location": "global"}
    cloud = FakeCloud(routes=json.dumps([*models, there]))
    names = [f"{n % 9}/{n}.jsonl" for n in range(90)]
    hold(cloud, [*names, *(f"good/{n}.jsonl" for n in range(20))])
    asked: list[JobRequest] = []

    def answer(request: JobRequest) -> None:
        if request.location == "global":
            return
        asked.append(request)
        if len(asked) > 9:
            raise CreateHeldError("RESOURCE_EXHAUSTED", "quota")

    cloud.batches.on_create = answer

    cloud.poll()

    assert (len(asked), of_model(cloud, "k")) == (9 + 4, 20)
