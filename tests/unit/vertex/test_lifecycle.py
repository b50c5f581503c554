"""
A job's life, by a clock that the test winds.
"""

import json
import re
from dataclasses import replace
from typing import Literal

import pytest

from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.jobs.scripts import JobError, RowFault, Script
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.orders import Told
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


def test_a_pending_job_is_cancelled_at_once(world: World) -> None:
    name = world.create()
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.advance(0)
    cancelled = world.get(name)
    assert cancelled["state"] == "JOB_STATE_CANCELLED"
    assert cancelled["error"] == {"code": 1, "message": "CANCELED"}
    assert "endTime" in cancelled
    assert not {"startTime", "completionStats", "outputInfo"} & set(cancelled)
    world.advance(HOUR)
    assert world.state(name) == "CANCELLED"


def test_a_cancelled_job_leaves_the_rows_that_were_done(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING * 0.65)
    world.cancel(name)
    cancelling = world.get(name)
    assert cancelling["state"] == "JOB_STATE_CANCELLING"
    assert "error" not in cancelling
    world.advance(4.9)
    assert world.state(name) == "CANCELLING"
    world.advance(0.1)
    cancelled = world.get(name)
    assert cancelled["state"] == "JOB_STATE_CANCELLED"
    assert cancelled["error"] == {"code": 1, "message": "CANCELED"}
    assert cancelled["completionStats"] == {
        "successfulCount": "6",
        "incompleteCount": "4",
    }
    assert len(world.written(name) or []) == 6


def test_a_cancelled_job_shows_its_error_at_the_end_and_not_before(
    world: World,
) -> None:
    name = world.create()
    world.held = {"export"}
    world.advance(PENDING + RUNNING / 2)
    world.cancel(name)
    world.advance(HOUR)
    assert world.state(name) == "CANCELLING"
    assert "error" not in world.get(name)
    world.held = set()
    world.advance(0)
    assert world.get(name)["error"]["code"] == 1


@pytest.mark.parametrize(("after", "work"), [(PENDING, "import"), (PENDING, "run")])
def test_news_that_a_cancel_has_overtaken_is_not_heard(
    world: World, after: float, work: Literal["import", "run"]
) -> None:
    name = world.create()
    world.held = {work}
    world.advance(after)
    world.cancel(name)
    assert world.orders[-1].work == "stop"
    world.engine.told(Told(work=work, job=name[-19:], rows=10))
    assert world.state(name) == "CANCELLING"
    world.engine.told(Told(work=work, job="7" * 19, rows=10))
    world.held = set()
    world.advance(HOUR)
    assert world.state(name) == "CANCELLED"


def test_a_job_cancelled_before_its_first_row_leaves_no_file(world: World) -> None:
    name = world.create()
    world.advance(PENDING)
    world.cancel(name)
    world.advance(5)
    assert world.state(name) == "CANCELLED"
    assert world.get(name)["completionStats"] == {"incompleteCount": "10"}
    assert world.written(name) is None


@pytest.mark.parametrize("after", [0.0, PENDING + RUNNING, PENDING])
def test_a_job_that_ends_cannot_be_cancelled_again(world: World, after: float) -> None:
    name = world.create()
    world.advance(after)
    if after < PENDING + RUNNING:
        world.cancel(name)
    with pytest.raises(ApiError) as refused:
        world.cancel(name)
    assert (refused.value.http_status, refused.value.code.name) == (
        400,
        "FAILED_PRECONDITION",
    )


def test_a_cancel_may_come_too_late(world: World) -> None:
    """
    CANCELLING may end as SUCCEEDED: the output was being written already.
    """
    name = world.create()
    world.held = {"export"}
    world.advance(PENDING + RUNNING)
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.held = set()
    world.advance(0)
    assert world.state(name) == "SUCCEEDED"
    assert len(world.written(name) or []) == 10


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
    knobs = replace(KNOBS, cut_off_state=state)
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


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("JOB_STATE_FAILED", JobError(code=13, message="INTERNAL")),
        ("JOB_STATE_CANCELLED", JobError(code=1, message="CANCELED")),
        ("JOB_STATE_EXPIRED", None),
        ("JOB_STATE_PARTIALLY_SUCCEEDED", None),
        ("JOB_STATE_OF_THE_FUTURE", None),
    ],
)
@pytest.mark.parametrize("share", [None, 0.5])
def test_any_end_can_be_scripted(
    world: World, state: str, error: JobError | None, share: float | None
) -> None:
    name = world.scripted(Script(state=state, after_share=share, error=error))
    world.advance(PENDING + (RUNNING * share if share else 0))
    ended = world.get(name)
    assert ended["state"] == state
    expected = None if error is None else {"code": error.code, "message": error.message}
    assert ended.get("error") == expected
    assert len(world.written(name) or []) == (5 if share else 0)
    world.advance(HOUR)
    assert world.state(name) == state.removeprefix("JOB_STATE_")


def test_an_end_without_output_can_be_scripted(world: World) -> None:
    script = Script(
        state="JOB_STATE_FAILED",
        after_share=1.0,
        export=False,
        output_info=False,
        completion_stats=False,
    )
    name = world.scripted(script)
    world.advance(PENDING + RUNNING)
    failed = world.get(name)
    assert failed["error"]["code"] == 13
    assert not {"outputInfo", "completionStats"} & set(failed)


def test_a_job_can_be_stuck_and_go_on(world: World) -> None:
    script = Script(
        state="JOB_STATE_PAUSED", after_share=0.3, stuck=True, resume_after_seconds=60
    )
    name = world.scripted(script)
    world.advance(PENDING + RUNNING * 0.3)
    assert world.state(name) == "PAUSED"
    world.advance(59)
    assert world.get(name)["completionStats"]["successfulCount"] == "3"
    world.advance(1)
    assert world.state(name) == "RUNNING"
    world.advance(RUNNING * 0.7 - 1)
    assert world.state(name) == "RUNNING"
    world.advance(1.1)
    assert world.state(name) == "SUCCEEDED"


def test_a_stuck_job_can_be_cancelled(world: World) -> None:
    name = world.scripted(Script(state="JOB_STATE_PAUSED", after_share=0.5, stuck=True))
    world.advance(PENDING + 100 * HOUR)
    assert world.state(name) == "PAUSED"
    world.cancel(name)
    world.advance(5)
    assert world.state(name) == "CANCELLED"
    assert len(world.written(name) or []) == 5


def test_a_job_stuck_in_the_queue_expires(world: World) -> None:
    name = world.scripted(Script(state="JOB_STATE_QUEUED", stuck=True))
    world.advance(72 * HOUR - 1)
    assert world.state(name) == "QUEUED"
    world.advance(1)
    assert world.state(name) == "EXPIRED"


def test_a_cancel_can_be_ignored(world: World) -> None:
    name = world.scripted(Script(ignore_cancel=True))
    world.advance(PENDING + 10)
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"


def test_failed_rows_do_not_fail_the_job(world: World) -> None:
    name = world.scripted(Script(rows=(RowFault(share=1.0, code=3, message="no"),)))
    world.advance(PENDING + RUNNING)
    done = world.get(name)
    assert done["state"] == "JOB_STATE_SUCCEEDED"
    assert done["completionStats"] == {"failedCount": "10"}


@pytest.mark.parametrize("at", [0.0, 0.5, 0.99])
def test_every_moment_survives_a_restart(world: World, at: float) -> None:
    name = world.create()
    world.advance((PENDING + RUNNING) * at)
    before = world.get(name)
    world.restart()
    assert world.get(name) == before
    world.advance((PENDING + RUNNING) * (1 - at) + 0.001)
    assert world.state(name) == "SUCCEEDED"
    assert len(world.written(name) or []) == 10


def test_work_in_hand_at_a_restart_is_done_again(world: World) -> None:
    """
    Whatever was ordered when the process ended: import, run, export, cancel.
    """
    names = []
    for _ in range(3):
        name = world.create()
        names.append(name)
        world.worker_works = False
        world.advance(PENDING)
        world.restart()
        world.worker_works = True
        world.advance(0)
        assert world.state(name) == "RUNNING"
    world.restart()
    world.cancel(names[2])
    world.restart()
    world.advance(RUNNING)
    world.restart()
    world.advance(RUNNING * 3)
    states = [world.state(name) for name in names]
    assert states == ["SUCCEEDED", "SUCCEEDED", "CANCELLED"]


def test_nothing_is_left_of_jobs_that_have_ended(world: World) -> None:
    ended, alive = world.create("ended"), world.create("alive")
    world.cancel(ended)
    world.advance(PENDING)
    for stray in ("1" * 19, ended[-19:]):
        (world.folder / "rows" / stray).mkdir()
    world.restart()
    left = [entry.name for entry in (world.folder / "rows").iterdir()]
    assert left == [alive[-19:]]
    world.advance(RUNNING)
    assert list((world.folder / "rows").iterdir()) == []


def test_a_new_worker_is_told_what_the_old_one_had_in_hand(world: World) -> None:
    name = world.create()
    world.worker_works = False
    world.advance(PENDING)
    world.orders.clear()
    world.engine.repeat_orders()
    world.worker_works = True
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"


def test_a_thousand_jobs_cost_one_timer(make_world: MakeWorld) -> None:
    world = make_world(rows=1)
    names = [world.create(f"job {n}") for n in range(1_000)]
    assert len(world.engine.alarm) == 1_000
    world.advance(PENDING)
    assert {world.state(name) for name in names} == {"RUNNING"}
    world.advance(RUNNING)
    assert {world.state(name) for name in names} == {"SUCCEEDED"}
    assert len(world.engine.alarm) == 0
