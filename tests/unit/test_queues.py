"""The queue of a route: who waits, who goes first, and what is not read meanwhile."""

from collections.abc import Callable

import pytest

from shared.errors import (
    CreateHeldError,
    CreateUnknownError,
    ServiceError,
)
from shared.route_notes import decode_note, note_name
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import at_call, fail_every, record, settled, unanswered
from tests.unit.heads import created, fail, forbid

_ROUTES = """[
    {"prefix": "in/", "model": "m"},
    {"prefix": "other/", "model": "m"},
    {"prefix": "third/", "model": "m"},
    {"prefix": "fourth/", "model": "m"},
    {"prefix": "world/", "model": "m", "location": "global"}
]"""


def exhausted() -> Exception:
    return CreateHeldError("RESOURCE_EXHAUSTED", "quota")


def forbidden() -> Exception:
    return CreateHeldError("PERMISSION_DENIED", "no grant")


def unknown() -> Exception:
    return CreateUnknownError("UNAVAILABLE", "away")


def queued(
    *names: str, answer: Callable[[], Exception] = exhausted
) -> tuple[FakeCloud, list[str]]:
    """A cloud where all of these are held, the first of each route by an answer."""
    cloud = FakeCloud(routes=_ROUTES)
    cloud.batches.answer = answer
    ids = []
    for name in names:
        drop = cloud.drop(name=name)
        cloud.submit(drop)
        ids.append(drop.drop_id)
        cloud.wait(1)
    cloud.wait(cloud.settings.hold_min_seconds)
    cloud.faults.calls.clear()
    return cloud, ids


def is_held(cloud: FakeCloud, route: str) -> bool:
    content = cloud.objects.content("state", note_name(route))
    return decode_note(content, route).is_held


def test_what_comes_behind_a_held_drop_waits_unasked() -> None:
    cloud, ids = queued("in/a.jsonl", "in/b.jsonl")
    tries = [record(cloud, each).hold_tries for each in ids]
    cloud.batches.answer = None

    late = cloud.drop(name="in/c.jsonl")
    cloud.submit(late)
    assert created(cloud) == []
    cloud.poll()

    assert tries == [1, 0]
    assert created(cloud) == [*ids, late.drop_id]


def test_another_route_is_not_held_up() -> None:
    cloud, _ = queued("in/a.jsonl")
    cloud.batches.answer = None

    cloud.submit(cloud.drop(name="other/a.jsonl"))

    assert len(cloud.batches.requests) == 1


def test_a_route_whose_queue_is_empty_again_makes_jobs_at_once() -> None:
    cloud, _ = queued("in/a.jsonl")
    cloud.batches.answer = None
    cloud.poll()
    assert not is_held(cloud, "in/")

    cloud.submit(cloud.drop(name="in/b.jsonl"))

    assert len(cloud.batches.requests) == 2


def test_a_death_that_leaves_a_stale_word_costs_the_next_drop_one_poll() -> None:
    cloud = FakeCloud(routes=_ROUTES)
    cloud.batches.answer = exhausted
    told = "objects.write state"

    def die_next() -> None:
        # The record of what is held comes right after the word.
        cloud.faults.crash_before = len(cloud.faults.calls)

    at_call(cloud, "batches.create", lambda: at_call(cloud, told, die_next))
    with pytest.raises(Crash):
        cloud.submit(cloud.drop(name="in/a.jsonl"))
    cloud.batches.answer = None
    assert is_held(cloud, "in/")

    second = cloud.drop(name="in/b.jsonl")
    cloud.submit(second)
    assert created(cloud) == []
    cloud.poll()

    assert created(cloud) == [second.drop_id]
    assert not is_held(cloud, "in/")


def test_the_first_that_is_not_due_keeps_all_behind_it_unread() -> None:
    cloud, ids = queued("in/a.jsonl", "in/b.jsonl", "in/c.jsonl")
    cloud.poll()
    assert cloud.faults.calls.count("batches.create") == 1
    cloud.faults.calls.clear()

    cloud.poll()

    # The markers, and the note of the route.
    assert cloud.faults.calls == ["objects.list state", "objects.read state"]
    assert record(cloud, ids[0]).hold_tries == 2


def test_of_a_route_that_is_switched_off_nothing_is_read() -> None:
    cloud, _ = queued("in/a.jsonl", "in/b.jsonl")
    cloud.change(routes=_ROUTES.replace('"m"}', '"m", "enabled": false}', 1))
    cloud.batches.answer = None

    cloud.wait(1800)
    cloud.poll()
    assert cloud.faults.calls == ["objects.list state", "objects.read state"]

    cloud.change(routes=_ROUTES)
    cloud.poll()
    assert len(cloud.batches.requests) == 2


def test_a_quota_is_a_locations_and_ends_its_creates_for_this_tick() -> None:
    names = [f"{route}/a.jsonl" for route in ("in", "other", "third", "fourth")]
    cloud, _ = queued(*names, "world/a.jsonl")

    cloud.poll()

    # Three of the four in the region, since one may be of a model that has none; and
    # the one on `global`.
    assert cloud.faults.calls.count("batches.create") == 4


def test_what_is_forbidden_rests_alone_and_two_more_end_their_route() -> None:
    """The first of each was forbidden before, and says nothing new."""
    cloud, _ = queued(
        *(f"in/{number}.jsonl" for number in range(4)),
        *(f"other/{number}.jsonl" for number in range(4)),
        answer=forbidden,
    )

    cloud.poll()

    assert cloud.faults.calls.count("batches.create") == 6


def test_a_service_that_is_away_makes_few_doubts_a_tick() -> None:
    cloud, ids = queued(*(f"in/{number}.jsonl" for number in range(9)))
    cloud.batches.answer = unknown

    cloud.poll()

    assert sum(record(cloud, each).state == "submitting" for each in ids) == 3


def test_nor_does_it_hold_those_up_that_have_answers_between_its_doubts() -> None:
    """Three in a row tell of a model that is away; three among others do not."""
    cloud, ids = queued(*(f"in/{number}.jsonl" for number in range(9)))
    cloud.batches.answer = None
    cloud.batches.on_create = fail(ids[0:6:2], unknown())

    cloud.poll()

    assert created(cloud) == [*ids[1:6:2], *ids[6:]]


def test_two_that_are_forbidden_end_no_route_where_others_have_jobs() -> None:
    cloud, ids = queued(*(f"in/{number}.jsonl" for number in range(6)))
    cloud.batches.answer = None
    forbid(cloud, ids[1:6:2])

    cloud.poll()

    assert created(cloud) == ids[0:6:2]


def test_a_drop_that_fails_loses_its_turn_and_stops_nobody_behind_it() -> None:
    cloud, ids = queued("in/a.jsonl", "in/b.jsonl", "in/c.jsonl")
    cloud.batches.answer = None
    name = f"rec/{ids[0][:2]}/{ids[0]}.json"
    cloud.objects.put("state", name, b"{}")

    tick = cloud.poll()

    assert created(cloud) == ids[1:]
    assert tick.failed == 1
    assert is_held(cloud, "in/")


def test_a_storage_that_is_away_is_not_asked_for_every_drop() -> None:
    cloud, _ = queued(*(f"in/{number}.jsonl" for number in range(9)))
    fail_every(cloud, "objects.read state", ServiceError("503"))
    assert cloud.poll().failed == 2


@pytest.mark.parametrize("ended", [False, True])
def test_a_job_that_comes_to_light_while_its_drop_is_held_is_adopted(
    ended: bool,
) -> None:
    """The settling time was too short, and the queue long."""
    cloud = FakeCloud(routes=_ROUTES)
    drop = unanswered(cloud)
    cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    assert record(cloud, drop.drop_id).state == "held"

    cloud.batches.hidden.clear()
    if ended:
        # It is in no list of what is active, so it is looked for before a create.
        cloud.batches.finish()
    else:
        cloud.change(routes=_ROUTES.replace('"m"}', '"m", "enabled": false}', 1))
    cloud.poll()

    assert record(cloud, drop.drop_id).state == "submitted"
    assert len(cloud.batches.jobs) == 1


def test_a_marker_says_held_of_no_drop_that_may_have_a_job() -> None:
    """Nobody reads it while its route waits, and somebody must follow the job."""
    cloud, ids = queued("in/a.jsonl")
    cloud.batches.answer = None
    cloud.faults.on_call = _die_after("batches.create", cloud)
    with pytest.raises(Crash):
        cloud.poll()
    cloud.faults.crash_after = None
    cloud.change(routes=_ROUTES.replace('"m"}', '"m", "enabled": false}', 1))

    cloud.wait(settled(cloud) + 1)
    cloud.poll()

    assert record(cloud, ids[0]).state == "submitted"


def _die_after(name: str, cloud: FakeCloud) -> Callable[[str], None]:
    def on_call(called: str) -> None:
        if called == name:
            cloud.faults.crash_after = len(cloud.faults.calls) - 1

    return on_call
