"""
Files that a job writes before its end.
"""

import json
from dataclasses import replace

import pytest

from localcloud.vertex.jobs.scripts import Script
from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PACE, World
from tests.unit.vertex.memory_storage import BUCKET

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0
OFTEN = replace(PACE, incremental_seconds=33)
FOLDER = "incremental_predictions/predictions_"


@pytest.fixture
def often(make_world: MakeWorld) -> World:
    """
    A simulator whose jobs write a file every 33 s.
    """
    return make_world(pace=OFTEN)


def path_of(world: World, name: str, file: str) -> str:
    """
    The object that a job writes as this file.
    """
    folder = world.get(name)["outputInfo"]["gcsOutputDirectory"]
    return f"{folder.removeprefix(f'gs://{BUCKET}/')}/{file}"


def files(world: World, name: str) -> dict[str, list[int]]:
    """
    The keys in each file that a job has written, by the name in its folder.
    """
    folder = path_of(world, name, "")
    return {
        path.removeprefix(folder): [
            json.loads(line)["key"] for line in content.splitlines()
        ]
        for path, content in world.storage.objects.items()
        if path.startswith(folder)
    }


def test_a_job_that_runs_long_writes_what_it_has(often: World) -> None:
    name = often.create()
    often.advance(PENDING + 32)
    assert files(often, name) == {}
    often.advance(1)
    assert often.state(name) == "RUNNING"
    first = files(often, name)
    assert {path: len(keys) for path, keys in first.items()} == {
        f"{FOLDER}00001.jsonl": 3
    }
    often.advance(RUNNING)
    assert often.state(name) == "SUCCEEDED"
    written = files(often, name)
    whole = written.pop("predictions.jsonl")
    assert sorted(whole) == list(range(10))
    assert list(written) == [f"{FOLDER}0000{n}.jsonl" for n in (1, 2, 3)]
    parts = [key for keys in written.values() for key in keys]
    # Each row once, and in the order of the whole.
    assert parts == whole[: len(parts)]
    assert len(parts) == 9


def test_a_job_that_is_soon_done_writes_one_file_only(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING)
    assert list(files(world, name)) == ["predictions.jsonl"]


def test_no_file_is_written_without_a_row(make_world: MakeWorld) -> None:
    """
    A row every 11 s, a look every 5 s.
    """
    world = make_world(pace=replace(PACE, incremental_seconds=5))
    name = world.create()
    world.advance(PENDING + RUNNING - 1)
    written = files(world, name)
    assert list(written) == [f"{FOLDER}{n:05d}.jsonl" for n in range(1, 10)]
    assert all(len(keys) == 1 for keys in written.values())


def test_incremental_files_can_be_left_out(make_world: MakeWorld) -> None:
    world = make_world(pace=OFTEN, knobs=replace(Knobs(), incremental_files=False))
    name = world.create()
    world.advance(PENDING + RUNNING)
    assert list(files(world, name)) == ["predictions.jsonl"]


def test_the_layout_is_a_knob(often: World) -> None:
    knobs = {"incremental_name": "part-{number}", "rows_per_output_file": 4}
    name = often.scripted(Script(knobs=knobs))
    often.advance(PENDING + RUNNING)
    written = files(often, name)
    assert sorted(written) == [
        "part-00001",
        "part-00002",
        "part-00003",
        "predictions_0001.jsonl",
        "predictions_0002.jsonl",
        "predictions_0003.jsonl",
    ]
    shards = [written[f"predictions_000{n}.jsonl"] for n in (1, 2, 3)]
    assert [len(keys) for keys in shards] == [4, 4, 2]
    assert sorted(key for keys in shards for key in keys) == list(range(10))


def test_few_rows_are_one_file_whatever_its_limit(often: World) -> None:
    name = often.scripted(Script(knobs={"rows_per_output_file": 10}))
    often.advance(PENDING + RUNNING)
    assert len(files(often, name)["predictions.jsonl"]) == 10


def test_a_cancelled_job_keeps_what_it_wrote(often: World) -> None:
    kept = often.create()
    often.advance(1)
    dropped = often.scripted(Script(knobs={"cancelled_exports": False}))
    often.advance(PENDING + 60)
    for name in (kept, dropped):
        often.cancel(name)
    often.advance(RUNNING)
    assert often.state(kept) == often.state(dropped) == "CANCELLED"
    first = f"{FOLDER}00001.jsonl"
    assert list(files(often, kept)) == [first, "predictions.jsonl"]
    assert list(files(often, dropped)) == [first]
    assert often.get(dropped)["completionStats"]["successfulCount"] == "5"


def test_a_job_cut_off_may_leave_incremental_files_alone(
    make_world: MakeWorld,
) -> None:
    pace = replace(OFTEN, run_limit_seconds=60)
    world = make_world(pace=pace, knobs=replace(Knobs(), cancelled_exports=False))
    name = world.create()
    world.advance(PENDING + RUNNING)
    cut = world.get(name)
    assert cut["state"] == "JOB_STATE_CANCELLED"
    assert cut["completionStats"] == {"successfulCount": "5", "incompleteCount": "5"}
    assert list(files(world, name)) == [f"{FOLDER}00001.jsonl"]


def test_a_file_that_was_begun_is_written_after_a_restart(often: World) -> None:
    name = often.create()
    often.advance(PENDING)
    often.held.add("part")
    often.advance(70)
    assert files(often, name) == {}
    often.held.clear()
    often.restart()
    often.advance(0)
    # The second one waited for the first, and has what came since.
    assert list(files(often, name)) == [f"{FOLDER}00001.jsonl"]
    often.advance(RUNNING)
    written = files(often, name)
    assert len(written[f"{FOLDER}00001.jsonl"]) == 3
    assert len(written[f"{FOLDER}00002.jsonl"]) == 6


def test_a_file_that_is_there_is_not_written_again(often: World) -> None:
    """
    The worker ended between the write and its news: no second event is made of it.
    """
    name = often.create()
    often.advance(PENDING)
    often.held.add("part")
    often.advance(33)
    path = path_of(often, name, f"{FOLDER}00001.jsonl")
    often.storage.objects[path] = b"as it was"
    often.held.clear()
    often.advance(RUNNING)
    assert often.storage.objects[path] == b"as it was"
    assert often.state(name) == "SUCCEEDED"


def test_a_file_that_cannot_be_written_stops_no_job(often: World) -> None:
    name = often.create()
    often.advance(PENDING)
    often.storage.denied.add(path_of(often, name, f"{FOLDER}00001.jsonl"))
    often.advance(RUNNING)
    assert often.state(name) == "SUCCEEDED"
    assert list(files(often, name)) == [
        f"{FOLDER}00002.jsonl",
        f"{FOLDER}00003.jsonl",
        "predictions.jsonl",
    ]
