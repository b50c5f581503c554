"""A drop that was held for longer than staged copies are kept."""

import contextlib
import json
from typing import Any

import pytest

from tests.fakes import ROW, FakeCloud
from tests.faults import Crash
from tests.moments import fail_every, message, record, settled, unanswered

_OFF = json.dumps([{"prefix": "in/", "model": "m", "enabled": False}])
_ON = _OFF.replace("false", "true")


def lifecycle(cloud: FakeCloud, bucket: str) -> None:
    """All that lies in a bucket is old enough to be deleted."""
    for name in cloud.objects.names(bucket):
        cloud.objects.remove(bucket, name, for_ever=True)


def held() -> tuple[FakeCloud, str]:
    """A drop whose copy has aged out while its route was switched off."""
    cloud = FakeCloud(routes=_OFF)
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.wait(31 * 86_400)
    lifecycle(cloud, "work")
    cloud.change(routes=_ON)
    return cloud, drop.drop_id


def polls(cloud: FakeCloud) -> None:
    """It is checked again, and has its turn; or what died in between is taken over."""
    for _ in range(2):
        cloud.poll()


def ends(cloud: FakeCloud) -> list[dict[str, Any]]:
    """What was told, but for the word that such a drop is late."""
    told = [message(cloud, n) for n in range(len(cloud.announcements.published))]
    return [each for each in told if each["outcome"] != "late"]


def test_a_copy_that_has_aged_out_is_made_again_before_the_create() -> None:
    cloud, _ = held()

    polls(cloud)

    (request,) = cloud.batches.requests
    bucket, _, name = request.input_uri.removeprefix("gs://").partition("/")
    assert cloud.objects.content(bucket, name) == ROW
    cloud.until_quiet()
    assert [end["outcome"] for end in ends(cloud)] == ["completed"]


def test_a_drop_whose_generation_is_gone_as_well_is_rejected_and_told_of() -> None:
    cloud, drop_id = held()
    lifecycle(cloud, "inbox")

    cloud.poll()
    cloud.poll()
    # Whatever becomes of the route now, it ends.
    cloud.change(routes=_OFF)
    cloud.poll()

    assert cloud.batches.requests == []
    (end,) = ends(cloud)
    assert (end["outcome"], end["reason"]) == ("rejected", "superseded")
    assert record(cloud, drop_id).state == "published"
    assert cloud.open() == []


def test_a_drop_that_is_rejected_takes_no_place_of_those_behind_it() -> None:
    cloud, _ = held()
    lifecycle(cloud, "inbox")
    capped = json.loads(_ON)
    capped[0]["limits"] = {"jobs": 1}
    cloud.change(routes=json.dumps(capped))
    second = cloud.drop(name="in/b.jsonl")
    cloud.submit(second)

    cloud.poll()

    (request,) = cloud.batches.requests
    assert second.drop_id in request.input_uri


def test_a_copy_that_is_there_costs_one_look() -> None:
    cloud = FakeCloud(routes=_OFF)
    cloud.submit(cloud.drop())
    cloud.change(routes=_ON)
    cloud.faults.calls.clear()

    cloud.poll()

    of_work = [call for call in cloud.faults.calls if call.endswith(" work")]
    assert of_work == ["objects.info work"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_while_a_copy_is_made_again_makes_one_job(when: str) -> None:
    """Whichever call the tick dies on."""
    cloud, _ = held()
    cloud.faults.calls.clear()
    polls(cloud)
    for number in range(len(cloud.faults.calls)):
        cloud, _ = held()
        cloud.faults.calls.clear()
        setattr(cloud.faults, f"crash_{when}", number)
        with pytest.raises(Crash):
            polls(cloud)
        cloud.faults.crash_before = cloud.faults.crash_after = None
        cloud.until_quiet()

        assert len(cloud.batches.jobs) == 1, number
        assert {end["outcome"] for end in ends(cloud)} == {"completed"}


def test_a_check_that_kills_its_process_then_is_set_aside_too() -> None:
    cloud, drop_id = held()
    fail_every(cloud, "objects.stream inbox", Crash())

    for _ in range(2 * cloud.settings.set_aside_tries + 2):
        cloud.wait(300)
        with contextlib.suppress(Crash):
            cloud.poll()

    assert record(cloud, drop_id).state == "set_aside"
    tries = cloud.faults.calls.count("objects.stream inbox") - 1
    assert tries == cloud.settings.set_aside_tries


def test_drops_whose_copies_are_made_again_keep_their_places() -> None:
    cloud = FakeCloud(routes=_OFF)
    drops = []
    for number in range(5):
        drops.append(cloud.drop(name=f"in/{number}.jsonl"))
        cloud.submit(drops[-1])
        cloud.wait(1)
    for drop in drops[:3]:
        cloud.objects.remove("work", f"{drop.drop_id}/s0a1.jsonl", for_ever=True)
    cloud.change(routes=_ON)

    cloud.poll()

    made = [request.input_uri.split("/")[3] for request in cloud.batches.requests]
    assert made == [drop.drop_id for drop in drops]


def test_a_job_that_comes_to_light_needs_no_copy_any_more() -> None:
    """Its generation is gone as well: it would be rejected while its job runs."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.change(routes=_OFF)
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    assert record(cloud, drop.drop_id).state == "held"
    lifecycle(cloud, "work")
    lifecycle(cloud, "inbox")
    cloud.change(routes=_ON)
    # Its markers tell nobody yet; the drain looks for itself.
    cloud.faults.on_call = lambda call: (
        cloud.batches.hidden.clear() if call == "batches.find" else None
    )

    cloud.poll()

    assert record(cloud, drop.drop_id).state == "submitted"


def test_its_marker_says_held_no_more_once_it_is_asked_for() -> None:
    """
    Making the copy again, it said held. While its route waits, nobody would read what
    is held, and see that its create has to be settled.
    """
    cloud, drop_id = held()
    fail_every(cloud, "batches.create", Crash())
    with pytest.raises(Crash):
        cloud.poll()
    cloud.faults.on_call = lambda _: None
    cloud.change(routes=_OFF)

    cloud.wait(settled(cloud) + 1)
    cloud.poll()

    assert record(cloud, drop_id).state == "held"
