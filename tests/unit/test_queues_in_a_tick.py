"""What ends the turns of a queue in a tick, and what costs one drop its turn."""

from shared.errors import ServiceError
from shared.ledger import record_name
from tests.moments import fail_every, record
from tests.unit.heads import created, fail, forbid
from tests.unit.queued import forbidden, is_held, queued, unknown


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
    name = record_name(ids[0])
    cloud.objects.put("state", name, b"{}")

    tick = cloud.poll()

    assert created(cloud) == ids[1:]
    assert tick.failed == 1
    assert is_held(cloud, "in/")


def test_a_storage_that_is_away_is_not_asked_for_every_drop() -> None:
    cloud, _ = queued(*(f"in/{number}.jsonl" for number in range(9)))
    fail_every(cloud, "objects.read state", ServiceError("503"))
    assert cloud.poll().failed == 2
