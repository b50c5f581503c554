"""
A job's life, by a clock that the test winds.
"""

import json
import re
from dataclasses import replace

import pytest

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.overrides import knobs_from
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PACE, World, asked
from tests.unit.vertex.memory_storage import BUCKET

KNOBS = Knobs()
HOUR = 3600.0

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0


def test_a_job_goes_from_pending_over_running_to_succeeded(world: World) -> None:
    name = world.create()
    created = world.get(name)
    assert list(created) == [
        "name",
        "displayName",
        "model",
        "inputConfig",
        "outputConfig",
        "state",
        "createTime",
        "updateTime",
        "modelVersionId",
    ]
    assert re.fullmatch(
        r"projects/\d{12}/locations/us-central1/batchPredictionJobs/\d{19}", name
    )
    assert (
        created["createTime"]
        == created["updateTime"]
        == ("2026-03-01T12:00:00.123456Z")
    )

    world.advance(PENDING - 1)
    assert world.get(name) == created

    world.advance(1)
    running = world.get(name)
    assert running["state"] == "JOB_STATE_RUNNING"
    assert (
        running["startTime"] == running["updateTime"] == ("2026-03-01T12:01:30.123456Z")
    )
    assert running["completionStats"] == {"incompleteCount": "10"}
    directory = running["outputInfo"]["gcsOutputDirectory"]
    assert directory == (
        f"gs://{BUCKET}/out/prediction-model-2026-03-01T12:00:00.123456Z"
    )
    assert "endTime" not in running

    world.advance(RUNNING - 1)
    assert world.state(name) == "RUNNING"
    assert world.written(name) is None

    world.advance(1)
    done = world.get(name)
    assert done["state"] == "JOB_STATE_SUCCEEDED"
    assert done["endTime"] == done["updateTime"] == "2026-03-01T12:03:20.123456Z"
    assert done["completionStats"] == {"successfulCount": "10"}
    assert "error" not in done
    written = world.written(name)
    assert written is not None
    assert sorted(json.loads(line)["key"] for line in written) == list(range(10))


def test_progress_moves_with_the_time(world: World) -> None:
    name = world.create()
    world.advance(PENDING)
    seen = []
    for _ in range(11):
        seen.append(int(world.get(name)["completionStats"].get("successfulCount", 0)))
        world.advance(RUNNING / 10)
    assert seen == list(range(11))


def test_a_worker_that_is_slower_than_the_pace_is_waited_for(world: World) -> None:
    name = world.create()
    for held, state in (
        ("import", "PENDING"),
        ("run", "RUNNING"),
        ("export", "RUNNING"),
        ("nothing", "SUCCEEDED"),
    ):
        world.held = {held}
        world.advance(5 * HOUR)
        assert world.state(name) == state
    assert len(world.written(name) or []) == 10


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"outputConfig": "gs://no-such-bucket/out"}, 9),
        ({"inputConfig": "gs://no-such-bucket/in.jsonl"}, 9),
        ({"inputConfig": f"gs://{BUCKET}/none.jsonl"}, 9),
        ({"inputConfig": f"gs://{BUCKET}/bad.jsonl"}, 3),
    ],
)
def test_bad_input_is_no_error_of_create_but_fails_the_job(
    world: World, fields: dict[str, str], code: int
) -> None:
    world.storage.objects["bad.jsonl"] = b"{\n"
    sent = asked()
    for field, uri in fields.items():
        if field == "inputConfig":
            sent[field]["gcsSource"]["uris"] = [uri]
        else:
            sent[field]["gcsDestination"]["outputUriPrefix"] = uri
    name = world.create(
        **{name: sent[name] for name in ("inputConfig", "outputConfig")}
    )
    world.advance(PENDING)
    failed = world.get(name)
    assert failed["state"] == "JOB_STATE_FAILED"
    assert failed["error"]["code"] == code
    assert set(failed["error"]) == {"code", "message"}
    assert "endTime" in failed
    assert not {"startTime", "completionStats", "outputInfo"} & set(failed)


def test_an_output_that_cannot_be_written_fails_the_job_after_it_ran(
    world: World,
) -> None:
    name = world.create()
    world.advance(PENDING)
    folder = world.get(name)["outputInfo"]["gcsOutputDirectory"]
    path = folder.removeprefix(f"gs://{BUCKET}/") + "/predictions.jsonl"
    world.storage.denied.add(path)
    world.advance(RUNNING)
    failed = world.get(name)
    assert failed["state"] == "JOB_STATE_FAILED"
    assert failed["error"]["code"] == 7
    assert 'permission "storage.objects.create" to write' in failed["error"]["message"]
    assert failed["completionStats"] == {"successfulCount": "10"}
    assert failed["outputInfo"]["gcsOutputDirectory"] == folder


def test_a_job_that_waits_too_long_expires(make_world: MakeWorld) -> None:
    world = make_world(pace=replace(PACE, pending_seconds=100 * HOUR))
    name = world.create()
    world.advance(72 * HOUR - 1)
    assert world.state(name) == "PENDING"
    world.advance(1)
    expired = world.get(name)
    assert expired["state"] == "JOB_STATE_EXPIRED"
    assert not {"endTime", "startTime", "error", "completionStats"} & set(expired)


@pytest.mark.parametrize(
    ("state", "code"), [("JOB_STATE_CANCELLED", 1), ("JOB_STATE_FAILED", 4)]
)
def test_a_job_that_runs_too_long_is_cut_off_with_what_it_has(
    make_world: MakeWorld, state: str, code: int
) -> None:
    knobs = knobs_from({"cut_off_state": state})
    pace = replace(PACE, running_seconds=48 * HOUR - 10)
    world = make_world(pace=pace, knobs=knobs)
    name = world.create()
    world.advance(PENDING + 24 * HOUR - 1)
    assert world.state(name) == "RUNNING"
    world.advance(1)
    done = world.get(name)
    assert done["state"] == state
    assert done["error"]["code"] == code
    assert done["completionStats"]["successfulCount"] == "5"
    assert len(world.written(name) or []) == 5


def test_the_wait_may_show_as_queued(make_world: MakeWorld) -> None:
    world = make_world(knobs=replace(KNOBS, queued_state=True))
    name = world.create()
    world.advance(PENDING / 2)
    assert world.state(name) == "QUEUED"
    world.advance(PENDING / 2)
    assert world.state(name) == "RUNNING"
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"


def test_what_is_shown_can_be_set(make_world: MakeWorld) -> None:
    knobs = replace(KNOBS, output_info="end", live_progress=False, error_details=True)
    world = make_world(knobs=replace(knobs, output_directory_slash=True))
    name = world.create()
    world.advance(PENDING)
    assert not {"outputInfo", "completionStats"} & set(world.get(name))
    world.advance(RUNNING)
    assert world.get(name)["outputInfo"]["gcsOutputDirectory"].endswith("Z/")

    other = make_world(knobs=replace(KNOBS, unknown_as_minus_one=True))
    name = other.create()
    other.advance(PENDING)
    assert other.get(name)["completionStats"] == {"incompleteCount": "-1"}

    cancelled = world.create()
    world.cancel(cancelled)
    world.advance(0)
    assert "@type" in world.get(cancelled)["error"]["details"][0]


def test_a_prefix_with_a_slash_names_the_same_folder(world: World) -> None:
    output = asked()["outputConfig"]
    output["gcsDestination"]["outputUriPrefix"] += "/"
    name = world.create(outputConfig=output)
    world.advance(PENDING)
    directory = world.get(name)["outputInfo"]["gcsOutputDirectory"]
    assert directory.startswith(f"gs://{BUCKET}/out/prediction-model-")
