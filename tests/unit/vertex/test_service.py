"""
Lists, pages, masks and deletion.
"""

from dataclasses import replace
from typing import Any

import pytest

from localcloud.projects import project_number
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.names import parse_job, parse_operation
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PARENT, World


def names(world: World, **query: Any) -> list[str]:
    """
    The display names on all pages.
    """
    found: list[str] = []
    token = ""
    while True:
        page = world.listed(**query, token=token)
        found += [job["displayName"] for job in page.get("batchPredictionJobs", [])]
        token = page.get("nextPageToken", "")
        if not token:
            return found


def test_an_empty_list_is_an_empty_object(world: World) -> None:
    assert world.listed() == {}


def test_the_newest_job_comes_first_and_no_page_repeats_or_skips(
    world: World,
) -> None:
    for number in range(25):
        world.create(f"{number}")
    expected = [f"{number}" for number in reversed(range(25))]
    for size in (1, 7, 24, 25, 26, 0):
        assert names(world, size=size) == expected


def test_a_list_may_begin_with_the_oldest(make_world: MakeWorld) -> None:
    world = make_world(knobs=replace(Knobs(), list_order="oldest"))
    for number in range(9):
        world.create(f"{number}", labels={"odd": "yes" if number % 2 else "no"})
    assert names(world, size=4) == [f"{number}" for number in range(9)]
    assert names(world, size=1, filter_text="labels.odd=yes") == ["1", "3", "5", "7"]


def test_a_job_is_forgotten_some_time_after_its_end(make_world: MakeWorld) -> None:
    world = make_world(knobs=replace(Knobs(), jobs_kept_seconds=100.0))
    name = world.create("old")
    # It has run for longer than jobs are kept.
    world.advance(90 + 105)
    assert names(world) == ["old"]
    world.advance(5)
    world.create("new")
    world.advance(100)
    assert names(world) == ["new", "old"]
    world.advance(1)
    assert names(world) == ["new"]
    with pytest.raises(ApiError, match="NOT_FOUND"):
        world.get(name)
    assert any("predictions.jsonl" in path for path in world.storage.objects)


def test_jobs_made_or_gone_between_pages_disturb_nothing(world: World) -> None:
    for number in range(6):
        world.create(f"{number}")
    first = world.listed(size=3)
    world.create("new")
    gone = parse_job(first["batchPredictionJobs"][2]["name"])
    world.store.delete(gone.id)
    second = world.listed(size=3, token=first["nextPageToken"])
    assert [job["displayName"] for job in second["batchPredictionJobs"]] == [
        "2",
        "1",
        "0",
    ]
    assert "nextPageToken" not in second


def test_pages_have_a_largest_and_a_usual_size(make_world: MakeWorld) -> None:
    knobs = replace(Knobs(), default_page_size=4, max_page_size=6)
    world = make_world(knobs=knobs)
    for number in range(8):
        world.create(f"{number}")
    assert len(world.listed()["batchPredictionJobs"]) == 4
    assert len(world.listed(size=1_000)["batchPredictionJobs"]) == 6
    with pytest.raises(ApiError) as refused:
        world.listed(size=-1)
    assert refused.value.code is Code.INVALID_ARGUMENT


def test_a_page_token_is_good_for_its_own_list_only(world: World) -> None:
    for number in range(4):
        world.create(f"{number}")
    token = world.listed(size=2)["nextPageToken"]
    other = "projects/other/locations/us-central1"
    for query in ({"filter_text": "display_name:*"}, {"parent": other}):
        with pytest.raises(ApiError) as refused:
            world.listed(**query, size=2, token=token)
        assert refused.value.code is Code.INVALID_ARGUMENT
    for nonsense in ("x", "ä", token[:-2], token + "AAAA", "%00"):
        with pytest.raises(ApiError):
            world.listed(size=2, token=nonsense)


def test_a_list_is_of_one_project_and_one_location(world: World) -> None:
    world.create("here")
    world.create("there", parent="projects/my-project/locations/global")
    world.create("else", parent="projects/other-project/locations/us-central1")
    assert names(world) == ["here"]
    by_number = f"projects/{project_number('my-project')}/locations/us-central1"
    assert names(world, parent=by_number) == ["here"]


def test_a_filter_and_pages_go_together(world: World) -> None:
    for number in range(20):
        world.create(f"{number}", labels={"even": "yes" if number % 2 == 0 else "no"})
    found = names(world, filter_text='labels.even="yes"', size=3)
    assert found == [f"{number}" for number in range(18, -1, -2)]


def test_the_list_shows_states_as_they_are(world: World) -> None:
    world.create("early")
    world.advance(90)
    world.create("late")
    assert names(world, filter_text='state="JOB_STATE_RUNNING"') == ["early"]
    assert names(world, filter_text='state="JOB_STATE_PENDING"') == ["late"]
    (running,) = world.listed(filter_text="display_name=early")["batchPredictionJobs"]
    assert running == world.get(running["name"])


def test_a_list_may_lag(world: World) -> None:
    world.create("old")
    world.advance(10)
    world.create("new")
    assert names(world, lag_seconds=5) == ["old"]
    world.advance(5)
    assert names(world, lag_seconds=5) == ["new", "old"]


def test_all_lists_may_lag(make_world: MakeWorld) -> None:
    world = make_world(knobs=replace(Knobs(), list_lag_seconds=30.0))
    world.create()
    world.advance(29)
    assert names(world) == []
    world.advance(1)
    assert names(world) == ["a job"]


def test_a_read_mask_chooses_fields(world: World) -> None:
    name = world.create(labels={"a": "b"})
    world.advance(90)
    (shown,) = world.listed(mask=["name", "state", "labels", "update_time"])[
        "batchPredictionJobs"
    ]
    assert shown == {
        "name": name,
        "state": "JOB_STATE_RUNNING",
        "updateTime": world.get(name)["updateTime"],
        "labels": {"a": "b"},
    }
    (shown,) = world.listed(
        mask=["outputInfo.gcsOutputDirectory", "completion_stats.incomplete_count"]
    )["batchPredictionJobs"]
    assert list(shown) == ["outputInfo", "completionStats"]
    assert shown["completionStats"] == {"incompleteCount": "10"}
    for everything in (["*"], []):
        (shown,) = world.listed(mask=everything)["batchPredictionJobs"]
        assert shown == world.get(name)


@pytest.mark.parametrize("path", ["nothing", "state.x", "name.y", "output_info.zz"])
def test_a_read_mask_of_no_field_is_refused(world: World, path: str) -> None:
    with pytest.raises(ApiError) as refused:
        world.listed(mask=[path])
    assert refused.value.code is Code.INVALID_ARGUMENT


@pytest.mark.parametrize("where", ["projects/x/locations/us-central1", None])
def test_a_job_that_is_not_there_is_not_found(world: World, where: str | None) -> None:
    name = world.create()
    elsewhere = name.replace(name.rpartition("/batch")[0], where) if where else name
    missing = parse_job(elsewhere if where else name[:-3] + "000")
    service = world.service
    for call in (service.get, service.cancel, service.delete):
        with pytest.raises(ApiError) as refused:
            call(missing)
        assert refused.value.code is Code.NOT_FOUND
        assert missing.asked in refused.value.message


def test_a_job_is_deleted_once_it_has_ended(world: World) -> None:
    name = world.create()
    job = parse_job(name)
    for _ in range(2):
        with pytest.raises(ApiError) as refused:
            world.service.delete(job)
        assert refused.value.code is Code.FAILED_PRECONDITION
        world.advance(90)
    world.advance(200)
    written = world.written(name)

    operation = world.service.delete(job)

    assert operation["done"] is True
    assert operation["name"].startswith(name.partition("/batch")[0] + "/operations/")
    assert world.service.operation(parse_operation(operation["name"])) == operation
    assert world.listed() == {}
    with pytest.raises(ApiError):
        world.service.get(job)
    assert written
    assert any("predictions.jsonl" in path for path in world.storage.objects)


def test_an_operation_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(ApiError) as refused:
        world.service.operation(parse_operation(f"{PARENT}/operations/1"))
    assert refused.value.code is Code.NOT_FOUND
