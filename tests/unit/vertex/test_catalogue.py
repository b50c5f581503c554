"""
Each of Vertex AI's catalogued faults, played: it does what its sentence says.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from google.cloud.aiplatform_v1 import JobState

from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.playing import CutConnectionError
from localcloud.vertex.api.calls import Calls, ListQuery, allow_all
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.api.protos import API_VERSIONS
from localcloud.vertex.jobs.job import TERMINAL
from localcloud.vertex.names import project_number
from tests.hurried_loop import hurried
from tests.unit.faults.played import Plays, switch_on
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PACE, PARENT, World, asked
from tests.unit.vertex.row_work import jsonl

Json = dict[str, Any]

plays = Plays()

QUEUE_HOURS = 72
# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING, RUNNING = 90.0, 110.0
OFTEN = replace(PACE, incremental_seconds=33)


@pytest.mark.parametrize(
    "name", [each.name for each in catalogue().values() if each.service == "vertex"]
)
def test_a_fault_does_what_its_sentence_says(name: str, make_world: MakeWorld) -> None:
    pace = OFTEN if name == "incremental-predictions" else PACE
    world = make_world(pace=pace)
    assert name in plays.by_name, f"nothing plays {name}"
    switch_on(world.faults, name)
    plays.by_name[name](world)


# How a create is answered.


def calls(world: World) -> Calls:
    return Calls(
        world.service,
        world.faults,
        authorize=allow_all,
        number=project_number,
        token_required=False,
    )


def create(world: World) -> Json:
    return asyncio.run(calls(world).create(PARENT, asked(), None))


def made(world: World) -> int:
    return len(world.listed().get("batchPredictionJobs", []))


def refused(create: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as raised:
        create()
    return raised.value


def create_refused(
    world: World, code: Code, text: str, *, after_effect: bool = False
) -> None:
    error = refused(lambda: create(world))
    assert error.code is code
    assert text in error.message
    assert made(world) == after_effect


@plays.of("create-quota")
def _(world: World) -> None:
    create_refused(world, Code.RESOURCE_EXHAUSTED, "Quota exceeded")


@plays.of("create-unavailable")
def _(world: World) -> None:
    create_refused(world, Code.UNAVAILABLE, "unavailable")


@plays.of("create-lost-503")
def _(world: World) -> None:
    create_refused(world, Code.UNAVAILABLE, "unavailable", after_effect=True)


@plays.of("create-lost-504")
def _(world: World) -> None:
    create_refused(world, Code.DEADLINE_EXCEEDED, "Deadline", after_effect=True)


def create_cut(world: World) -> None:
    with pytest.raises(CutConnectionError):
        create(world)


@plays.of("create-lost-reset")
def _(world: World) -> None:
    create_cut(world)
    assert made(world) == 1


@plays.of("create-reset")
def _(world: World) -> None:
    create_cut(world)
    assert made(world) == 0


@plays.of("create-lost-timeout")
def _(world: World) -> None:
    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(115):
                await calls(world).create(PARENT, asked("given up"), None)
        assert made(world) == 1
        async with asyncio.timeout(300):
            await calls(world).create(PARENT, asked("waited for"), None)
        assert made(world) == 2

    hurried(impatient())


@plays.of("create-forbidden")
def _(world: World) -> None:
    create_refused(world, Code.PERMISSION_DENIED, "batchPredictionJobs.create' denied")


@plays.of("model-missing")
def _(world: World) -> None:
    create_refused(world, Code.NOT_FOUND, "The PublisherModel ")


@plays.of("model-not-in-region")
def _(world: World) -> None:
    create_refused(world, Code.NOT_FOUND, "MODEL_NOT_SUPPORTED_FOR_BATCH")


@plays.of("location-forbidden")
def _(world: World) -> None:
    create_refused(world, Code.FAILED_PRECONDITION, "")


# How a job is accepted, and fails later.


def ended(world: World, seconds: float = 1_000) -> Json:
    """
    A job that was accepted, some time later.
    """
    name = world.create()
    world.advance(seconds)
    return world.get(name)


def fails(world: World, code: int, text: str, *, ran: bool) -> tuple[Json, int]:
    """
    A job that FAILED, and how many rows it wrote.
    """
    job = ended(world)
    assert job["state"] == "JOB_STATE_FAILED"
    assert job["error"]["code"] == code
    assert text in job["error"]["message"]
    assert ("startTime" in job) == ran
    return job, len(world.written(job["name"]) or [])


@plays.of("import-failed")
def _(world: World) -> None:
    job, _ = fails(world, 3, "Failed to import data.", ran=False)
    assert "completionStats" not in job


@plays.of("results-not-writable")
def _(world: World) -> None:
    job, written = fails(world, 7, "storage.objects.create", ran=True)
    assert job["completionStats"] == {"successfulCount": "10"}
    assert written == 0


@plays.of("bucket-not-found")
def _(world: World) -> None:
    fails(world, 9, "Failed to get GCS bucket location", ran=False)


@plays.of("system-error")
def _(world: World) -> None:
    _, written = fails(world, 13, "System error.", ran=True)
    assert 0 < written < 10


@plays.of("export-failed")
def _(world: World) -> None:
    _, written = fails(world, 13, "Failed to export data.", ran=True)
    assert written == 0


# Which states a job goes through.


def states(world: World, *seconds: float) -> list[str]:
    """
    The states of a job after each of these times.
    """
    name = world.create()
    found = []
    for each in seconds:
        world.advance(each)
        found.append(world.state(name))
    return found


@plays.of("queued-and-pending")
def _(world: World) -> None:
    seen = states(world, *[PENDING / 20] * 19, PENDING / 10, RUNNING)
    changes = [
        state
        for state, before in zip(seen, ["", *seen], strict=False)
        if state != before
    ]
    assert changes[:3] == ["PENDING", "QUEUED", "PENDING"]
    assert changes[-1] == "SUCCEEDED"


@plays.of("queue-stuck")
def _(world: World) -> None:
    almost = QUEUE_HOURS * 3600 - 10
    assert states(world, almost, 20) == ["PENDING", "EXPIRED"]


@plays.of("expired")
def _(world: World) -> None:
    assert states(world, PENDING * 0.9, PENDING * 0.2) == ["PENDING", "EXPIRED"]


@plays.of("cut-off-failed")
def _(world: World) -> None:
    _, written = fails(world, 4, "time limit", ran=True)
    assert 0 < written < 10


@plays.of("cut-off-cancelled")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_CANCELLED"
    assert job["error"] == {"code": 1, "message": "CANCELED"}
    assert 0 < len(world.written(job["name"]) or []) < 10


@plays.of("partially-succeeded")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_PARTIALLY_SUCCEEDED"
    assert 0 < len(world.written(job["name"]) or []) < 10


@plays.of("paused")
def _(world: World) -> None:
    seen = states(world, PENDING + RUNNING * 0.4, RUNNING, 30 * 24 * 3600)
    assert seen == ["RUNNING", "PAUSED", "PAUSED"]


@plays.of("paused-a-while")
def _(world: World) -> None:
    seen = states(world, PENDING + RUNNING * 0.52, 10, RUNNING * 0.5)
    assert seen == ["PAUSED", "RUNNING", "SUCCEEDED"]


@plays.of("unknown-state")
def _(world: World) -> None:
    seen = states(world, PENDING + RUNNING * 0.4, RUNNING, 30 * 24 * 3600)
    assert seen == ["RUNNING", "HIBERNATING", "HIBERNATING"]
    states_: Any = JobState
    known = {state.name for state in states_}
    assert "JOB_STATE_HIBERNATING" not in known


@plays.of("cancel-too-late")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING / 2)
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"
    assert len(world.written(name) or []) == 10


@plays.of("cancel-of-ended-job")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] in TERMINAL
    error = refused(lambda: world.cancel(job["name"]))
    assert (error.code, error.http_status) == (Code.FAILED_PRECONDITION, 400)


@plays.of("delete-of-active-job")
def _(world: World) -> None:
    name = world.create()
    error = refused(lambda: asyncio.run(calls(world).delete(name, None)))
    assert (error.code, error.http_status) == (Code.FAILED_PRECONDITION, 400)
    assert world.state(name) == "PENDING"


# What a job's resource shows.


@plays.of("output-info-late")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING / 2)
    assert world.state(name) == "RUNNING"
    assert "outputInfo" not in world.get(name)
    world.advance(RUNNING)
    assert world.get(name)["outputInfo"]["gcsOutputDirectory"].startswith("gs://")


@plays.of("output-info-after-end")
def _(world: World) -> None:
    job = ended(world, PENDING + RUNNING)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert "outputInfo" not in job
    world.advance(1_000)
    assert "outputInfo" in world.get(job["name"])


@plays.of("output-info-absent")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert "outputInfo" not in job
    assert any(name.startswith("out/") for name in world.storage.objects)


@plays.of("output-info-slash")
def _(world: World) -> None:
    assert ended(world)["outputInfo"]["gcsOutputDirectory"].endswith("Z/")


@plays.of("output-info-without-slash")
def _(world: World) -> None:
    assert ended(world)["outputInfo"]["gcsOutputDirectory"].endswith("Z")


@plays.of("completion-stats-absent")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert "completionStats" not in job


@plays.of("completion-stats-minus-one")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING / 2)
    assert world.get(name)["completionStats"]["incompleteCount"] == "-1"


@plays.of("zero-counts-omitted")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert job["completionStats"] == {"failedCount": "10"}


@plays.of("error-details")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_FAILED"
    assert job["error"]["details"][0]["@type"].startswith("type.googleapis.com/")


@plays.of("error-without-details")
def _(world: World) -> None:
    job = ended(world)
    assert set(job["error"]) == {"code", "message"}


@plays.of("expired-without-end-time")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_EXPIRED"
    assert "endTime" not in job


@plays.of("project-number-in-names")
def _(world: World) -> None:
    number = project_number("my-project")
    assert number.isdigit()
    assert "my-project" in PARENT
    assert world.create().startswith(f"projects/{number}/locations/")


# What is in the output.


def lines(world: World) -> list[Json]:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    return [msgspec.json.decode(line) for line in world.written(job["name"]) or []]


def some(found: list[Json]) -> int:
    """
    How many those are, which are some and not all of ten.
    """
    assert 0 < len(found) < 10
    return len(found)


@plays.of("incremental-predictions")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + 40)
    assert world.state(name) == "RUNNING"
    (written,) = [path for path in world.storage.objects if path.startswith("out/")]
    assert "/incremental_predictions/" in written
    rows = world.storage.objects[written].splitlines()
    assert 0 < len(rows) < 10
    world.advance(RUNNING)
    assert len(world.written(name) or []) == 10


@plays.of("rows-shuffled")
def _(world: World) -> None:
    keys = [line["key"] for line in lines(world)]
    assert sorted(keys) == list(range(10)) != keys


@plays.of("nulls-in-requests")
def _(world: World) -> None:
    system = {"parts": [{"text": "Be terse"}]}
    rows = [
        {"request": {"contents": [{"role": "user", "parts": [{"text": "a"}]}], **more}}
        for more in ({}, {"systemInstruction": system})
    ]
    world.storage.objects["in.jsonl"] = jsonl(*rows)
    echoed = [line["request"]["systemInstruction"] for line in lines(world)]
    assert None in echoed
    assert system in echoed


@plays.of("ids-coerced")
def _(world: World) -> None:
    contents = [{"role": "user", "parts": [{"text": "a"}]}]
    rows = [{"id": f"00{n}", "request": {"contents": contents}} for n in range(3)]
    world.storage.objects["in.jsonl"] = jsonl(*rows)
    assert sorted(line["id"] for line in lines(world)) == [0, 1, 2]


@plays.of("rows-failed")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    assert all(line["response"] == {} for line in failed)


@plays.of("rows-failed-without-response")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    assert not any("response" in line for line in failed)


@plays.of("rows-too-slow")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    assert all('"code": 504' in line["status"] for line in failed)
    assert all("Request deadline exceeded" in line["status"] for line in failed)


@plays.of("service-agents-provisioned")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    for line in failed:
        assert line["status"].startswith("Bad Request: ")
        assert "Service agents are being provisioned" in line["status"]
        assert "FAILED_PRECONDITION" in line["status"]


@plays.of("rows-blocked")
def _(world: World) -> None:
    blocked = [
        line
        for line in lines(world)
        if "candidates" not in line["response"]
        and line["response"]["promptFeedback"]["blockReason"]
    ]
    assert some(blocked)
    assert not any(line["status"] for line in blocked)


@plays.of("rows-without-text")
def _(world: World) -> None:
    without = [
        line
        for line in lines(world)
        if not any(
            "text" in part
            for candidate in line["response"]["candidates"]
            for part in candidate.get("content", {}).get("parts", [])
        )
    ]
    assert some(without)
    assert not any(line["status"] for line in without)


@plays.of("rows-truncated")
def _(world: World) -> None:
    cut = [
        line
        for line in lines(world)
        if line["response"]["candidates"][0]["finishReason"] == "MAX_TOKENS"
    ]
    assert some(cut)


@plays.of("rows-missing")
def _(world: World) -> None:
    assert some(lines(world))


# How jobs are looked for.


def listed(world: World) -> Json:
    query = ListQuery()
    return asyncio.run(calls(world).list(PARENT, query, API_VERSIONS["v1"], None))


@plays.of("list-lag")
def _(world: World) -> None:
    name = world.create()
    world.advance(59)
    assert listed(world) == {}
    world.advance(2)
    assert [job["name"] for job in listed(world)["batchPredictionJobs"]] == [name]


@plays.of("list-unavailable")
def _(world: World) -> None:
    assert refused(lambda: listed(world)).code is Code.UNAVAILABLE


def got(world: World) -> Json:
    return asyncio.run(calls(world).get(world.create(), None))


@plays.of("get-not-found")
def _(world: World) -> None:
    assert refused(lambda: got(world)).code is Code.NOT_FOUND
    assert made(world) == 1


@plays.of("reads-quota")
def _(world: World) -> None:
    assert refused(lambda: got(world)).code is Code.RESOURCE_EXHAUSTED
    assert refused(lambda: listed(world)).code is Code.RESOURCE_EXHAUSTED
    assert create(world)["state"] == "JOB_STATE_PENDING"


@plays.of("vertex-flaky")
def _(world: World) -> None:
    answers = []
    for _ in range(200):
        try:
            listed(world)
            answers.append(200)
        except ApiError as error:
            answers.append(error.http_status)
    assert set(answers) == {200, 503}
    assert 20 < answers.count(503) < 60
