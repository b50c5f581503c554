"""
How many calls a project may make in a minute.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from localcloud.projects import project_number
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.overview import Overview
from localcloud.vertex.jobs.quotas import Quotas
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.names import Parent, parse_job, parse_operation, parse_parent
from localcloud.vertex.pace import Pace
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PACE, PARENT, World, asked

KNOBS = Knobs()
MINUTE = 60.0


def allowed(call: Callable[[], object]) -> int:
    """
    How many calls get through before one is refused.
    """
    for count in range(10_000):
        try:
            call()
        except ApiError as error:
            if error.code is not Code.RESOURCE_EXHAUSTED:
                raise
            return count
    raise AssertionError("there is no quota")


@pytest.fixture
def limited(make_world: MakeWorld) -> World:
    return make_world(knobs=KNOBS)


def test_sixty_jobs_may_be_submitted_in_a_minute(limited: World) -> None:
    assert allowed(limited.create) == 60
    limited.advance(MINUTE)
    assert allowed(limited.create) == 60


def test_six_hundred_other_calls_may_be_made_in_a_minute(limited: World) -> None:
    name = limited.create()
    calls = (
        lambda: limited.get(name),
        limited.listed,
        lambda: limited.listed(filter_text="state=JOB_STATE_FAILED"),
    )
    turns = iter(range(10_000))
    assert allowed(lambda: calls[next(turns) % 3]()) == 600
    for call in (
        lambda: limited.get(name),
        lambda: limited.cancel(name),
        lambda: limited.service.operation(parse_operation(f"{PARENT}/operations/1")),
    ):
        assert allowed(call) == 0
    # The two quotas are counted apart.
    limited.create()
    limited.advance(MINUTE)
    limited.cancel(name)


def test_a_delete_is_a_submission(limited: World) -> None:
    name = limited.create()
    limited.cancel(name)
    limited.advance(MINUTE)
    assert allowed(limited.create) == 60
    assert allowed(lambda: limited.service.delete(parse_job(name))) == 0


def test_whoever_looks_from_beside_takes_nothing_from_the_quota(
    limited: World,
) -> None:
    name = limited.create()
    overview = Overview(limited.store, limited.service)
    job = overview.find(parse_job(name).id)
    for _ in range(601):
        overview.shown(job)
    overview.cancel(job.id)
    assert allowed(lambda: limited.get(name)) == 600
    assert overview.find(job.id).state is not job.state


def test_a_refused_create_makes_no_job(limited: World) -> None:
    allowed(limited.create)
    refused = limited.service.create
    with pytest.raises(ApiError):
        refused(parse_parent(PARENT), asked("one too many"))
    limited.advance(MINUTE)
    assert limited.listed(filter_text='display_name="one too many"') == {}


def test_projects_and_regions_have_quotas_of_their_own(limited: World) -> None:
    allowed(limited.create)
    limited.create(parent="projects/my-project/locations/europe-west4")
    limited.create(parent="projects/another/locations/us-central1")
    by_number = f"projects/{project_number('my-project')}/locations/us-central1"
    assert allowed(lambda: limited.create(parent=by_number)) == 0


def test_the_refusal_says_which_quota_in_googles_words() -> None:
    number = project_number("p")
    quotas = Quotas(knobs=replace(KNOBS, reads_per_minute=0), pace=PACE, now=lambda: 0)
    with pytest.raises(ApiError) as refused:
        quotas.manage(Parent(project="p", number=number, location="us-central1"))
    error = refused.value.body()["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"] == (
        "Quota exceeded for quota metric 'Resource management (CRUD) requests' and "
        "limit 'Resource management (CRUD) requests per minute per region' of service "
        f"'aiplatform.googleapis.com' for consumer 'project_number:{number}'."
    )
    info = error["details"][0]
    assert info["reason"] == "RATE_LIMIT_EXCEEDED"
    assert info["metadata"]["quota_location"] == "us-central1"
    assert info["metadata"]["quota_limit_value"] == "0"


def test_a_minute_is_as_short_as_all_else(make_world: MakeWorld) -> None:
    world = make_world(knobs=KNOBS, pace=Pace().shortened_by(60))
    assert allowed(world.create) == 60
    world.advance(1)
    assert allowed(world.create) == 60


def test_there_may_be_no_quota(make_world: MakeWorld) -> None:
    world = make_world(
        knobs=replace(KNOBS, submissions_per_minute=None, reads_per_minute=None)
    )
    for _ in range(61):
        name = world.create()
    for _ in range(601):
        world.get(name)
