"""
What a job shows of itself, where that is not certain.
"""

from dataclasses import replace

import pytest

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.scripts import JobError, RowFault, Script
from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PACE, World

KNOBS = Knobs()

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0
# `late_seconds`
LATE = 60.0


def test_a_job_that_waits_may_flicker(world: World) -> None:
    name = world.scripted(Script(knobs={"queue_flicker": True}))
    seen = []
    for _ in range(8):
        seen.append(world.state(name))
        world.advance(PENDING / 8)
    assert seen == ["PENDING", "QUEUED"] * 4
    assert world.state(name) == "RUNNING"
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"


def test_a_job_that_flickers_expires_as_others_do(make_world: MakeWorld) -> None:
    world = make_world(
        pace=replace(PACE, pending_seconds=1e6),
        knobs=replace(KNOBS, queue_flicker=True),
    )
    name = world.create()
    world.advance(72 * 3600 - 1)
    assert world.state(name) in ("PENDING", "QUEUED")
    world.advance(1)
    assert world.state(name) == "EXPIRED"


@pytest.mark.parametrize(
    ("output_info", "seen"),
    [
        ("running", [True, True, True, True]),
        ("end", [False, True, True, True]),
        ("late", [False, False, False, True]),
        ("never", [False, False, False, False]),
    ],
)
def test_the_output_info_comes_when_it_comes(
    world: World, output_info: str, seen: list[bool]
) -> None:
    name = world.scripted(Script(knobs={"output_info": output_info}))
    found = []
    for seconds in (PENDING, RUNNING, LATE - 1, 1):
        assert "outputInfo" not in world.get(name) or seconds != PENDING
        world.advance(seconds)
        found.append("outputInfo" in world.get(name))
    assert found == seen


def test_stats_may_be_absent_or_whole(world: World) -> None:
    without = world.scripted(Script(knobs={"completion_stats": False}))
    zeros = world.scripted(Script(knobs={"zero_counts_omitted": False}))
    usual = world.create()
    world.advance(PENDING + RUNNING)
    assert "completionStats" not in world.get(without)
    assert world.get(zeros)["completionStats"] == {
        "successfulCount": "10",
        "failedCount": "0",
        "incompleteCount": "0",
    }
    assert world.get(usual)["completionStats"] == {"successfulCount": "10"}


def test_a_job_that_failed_half_way_tells_what_succeeded_and_no_more(
    world: World,
) -> None:
    name = world.scripted(Script(state="JOB_STATE_FAILED", after_share=0.2))
    world.advance(PENDING + RUNNING)
    assert world.get(name)["completionStats"] == {"successfulCount": "2"}


@pytest.mark.parametrize(
    ("share", "state"), [(0.0, "SUCCEEDED"), (0.5, "PARTIALLY_SUCCEEDED")]
)
def test_failed_rows_may_make_a_job_a_partial_success(
    world: World, share: float, state: str
) -> None:
    name = world.scripted(
        Script(
            rows=(RowFault(share=share),),
            knobs={"some_failed_state": "JOB_STATE_PARTIALLY_SUCCEEDED"},
        )
    )
    world.advance(PENDING + RUNNING)
    assert world.state(name) == state
    assert len(world.written(name) or []) == 10


def test_partial_failures_are_told_at_the_end_and_no_more_than_twenty(
    world: World,
) -> None:
    failures = tuple(JobError(code=5, message=f"{n}.jsonl") for n in range(21))
    name = world.scripted(Script(partial_failures=failures))
    world.advance(PENDING)
    assert "partialFailures" not in world.get(name)
    world.advance(RUNNING)
    told = world.get(name)["partialFailures"]
    assert told[0] == {"code": 5, "message": "0.jsonl"}
    assert len(told) == 20


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("publishers/google/models/gemini-2.5-flash", "1"),
        ("publishers/google/models/gemini-2.0-flash-001@2", "1"),
        ("projects/p/locations/us-central1/models/123", "1"),
        ("projects/p/locations/us-central1/models/123@3", "3"),
        ("projects/p/locations/us-central1/models/123@default", "1"),
    ],
)
def test_a_model_has_a_version(world: World, model: str, version: str) -> None:
    name = world.create(model=model)
    assert world.get(name)["modelVersionId"] == version


def test_a_location_may_be_forbidden(make_world: MakeWorld) -> None:
    world = make_world(knobs=replace(KNOBS, forbidden_locations=("global",)))
    world.create()
    with pytest.raises(
        ApiError, match=r"constraints/gcp\.resourceLocations"
    ) as refused:
        world.create(parent="projects/my-project/locations/global")
    assert refused.value.code is Code.FAILED_PRECONDITION
