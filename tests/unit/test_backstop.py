"""Lost events: what a look at the inbox claims, and what it leaves alone."""

import json

import pytest

from shared.backstop import Look
from shared.drops import Drop
from shared.ledger import record_name
from shared.records import SCHEMA
from tests.fakes import ROW, START, FakeCloud
from tests.moments import fail_at, message

GRACE = 600
WINDOW = 7 * 86_400


def lost(cloud: FakeCloud, name: str = "in/a.jsonl") -> Drop:
    """A drop whose event is overdue, and never comes."""
    drop = cloud.drop(name=name)
    cloud.wait(GRACE + 1)
    return drop


def claimed(cloud: FakeCloud) -> int:
    return cloud.look_at_inbox().claimed


def test_a_drop_that_no_event_told_of_is_claimed_and_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    drop = lost(cloud)

    look = cloud.look_at_inbox()
    cloud.until_quiet()

    assert look == Look(
        listed=1, looked_up=1, claimed=1, failed=0, finished=True, seconds=0
    )
    assert message(cloud)["drop"]["id"] == drop.drop_id
    assert message(cloud)["outcome"] == "completed"
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (found,) = [line for line in told if line["event"] == "backstop_claimed"]
    assert (found["severity"], found["drop_id"]) == ("WARNING", drop.drop_id)
    assert found["route"] == "in/"


def test_the_next_ticks_carry_on_without_waiting_for_anybody() -> None:
    """One stages it, and the next gives it its turn in the queue."""
    cloud = FakeCloud()
    lost(cloud)

    cloud.look_at_inbox()
    cloud.poll()
    cloud.poll()

    assert len(cloud.batches.requests) == 1


def test_every_generation_of_a_name_is_looked_for() -> None:
    """Overwritten or deleted meanwhile, each is a drop of its own."""
    cloud = FakeCloud()
    for rows in (1, 2, 3):
        cloud.drop(ROW * rows)
    cloud.objects.remove("inbox", "in/a.jsonl")
    cloud.wait(GRACE + 1)

    assert claimed(cloud) == 3
    cloud.until_quiet()
    staged = [cloud.objects.content("work", n) for n in cloud.objects.names("work")]
    assert sorted(staged, key=len) == [ROW, ROW * 2, ROW * 3]


def test_what_events_have_told_of_is_left_alone() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.wait(GRACE + 1)
    before = cloud.open()

    look = cloud.look_at_inbox()

    assert (look.looked_up, look.claimed) == (1, 0)
    assert cloud.open() == before


def test_a_record_of_newer_code_is_a_record() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    name = record_name(drop.drop_id)
    record = cloud.objects.content("state", name)
    ours, newer = (f'"schema":{number}'.encode() for number in (SCHEMA, SCHEMA + 1))
    assert record.count(ours) == 1
    cloud.objects.put("state", name, record.replace(ours, newer))
    cloud.wait(GRACE + 1)

    assert cloud.look_at_inbox().failed == 0
    assert len(cloud.batches.requests) == 1


@pytest.mark.parametrize("name", ["in/", "in/a.txt", "elsewhere/a.jsonl", "a.jsonl"])
def test_what_is_no_drop_is_not_looked_up(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = FakeCloud()
    lost(cloud, name)

    look = cloud.look_at_inbox()

    assert (look.listed, look.looked_up, cloud.open()) == (1, 0, [])
    assert "ignored" not in capsys.readouterr().out


def test_an_event_on_its_way_is_not_counted_as_lost() -> None:
    cloud = FakeCloud()
    cloud.drop()
    cloud.wait(GRACE - 1)

    assert cloud.look_at_inbox().looked_up == 0
    cloud.wait(1)
    assert claimed(cloud) == 1


def test_what_is_older_than_the_window_is_left_alone() -> None:
    cloud = FakeCloud()
    cloud.drop(name="in/old.jsonl")
    cloud.wait(1)
    cloud.drop(name="in/young.jsonl")
    cloud.wait(WINDOW)

    assert claimed(cloud) == 1
    assert cloud.ledger().knows(next(iter(cloud.open())).rpartition("/")[2])


def test_a_bookmark_from_before_the_window_makes_nothing_younger() -> None:
    """Nobody looked for eight days: a file as old may have lost its record."""
    cloud = FakeCloud()
    cloud.look_at_inbox()
    cloud.drop(name="in/old.jsonl")
    cloud.wait(86_400)
    cloud.drop(name="in/young.jsonl")
    cloud.wait(WINDOW)

    look = cloud.look_at_inbox()

    assert (look.listed, look.looked_up, look.claimed) == (2, 1, 1)


def test_what_was_there_before_the_deployment_is_left_alone() -> None:
    cloud = FakeCloud(began=START.isoformat())
    cloud.drop(name="in/before.jsonl")
    cloud.wait(1)
    cloud.drop(name="in/after.jsonl")
    cloud.wait(GRACE + 1)

    assert claimed(cloud) == 1


def test_what_was_there_before_its_route_is_left_alone() -> None:
    """An event that comes all the same is another matter: somebody told of it."""
    cloud = FakeCloud()
    early = cloud.drop(name="later/a.jsonl")
    cloud.wait(3600)
    routes = json.loads(cloud.settings.routes_json)
    added = {"prefix": "later/", "model": "m", "began": cloud.now().isoformat()}
    cloud.change(routes=json.dumps([*routes, added]))
    cloud.wait(1)
    cloud.drop(name="later/b.jsonl")
    cloud.wait(GRACE + 1)

    assert claimed(cloud) == 1
    cloud.submit(early)
    assert len(cloud.open()) == 2


def test_a_route_that_is_switched_off_holds_what_is_found() -> None:
    cloud = FakeCloud()
    lost(cloud, "off/a.jsonl")

    cloud.look_at_inbox()
    cloud.poll()

    assert (len(cloud.open()), cloud.batches.requests) == (1, [])


def test_of_two_thousand_drops_one_event_in_twenty_is_lost_and_no_drop() -> None:
    """Goal G6: all are found within one period, by one look."""
    cloud = FakeCloud()
    drops = [cloud.drop(name=f"in/{number}.jsonl") for number in range(2_000)]
    for number, drop in enumerate(drops):
        if number % 20:
            cloud.submit(drop)
    cloud.wait(3600)

    assert claimed(cloud) == 100
    cloud.poll()
    cloud.poll()
    assert len({request.input_uri for request in cloud.batches.requests}) == 2_000
    assert len(cloud.batches.requests) == 2_000
    assert claimed(cloud) == 0


def test_a_route_within_another_takes_over_what_was_dropped_before_it_began() -> None:
    outer = {"prefix": "in/", "model": "m"}
    cloud = FakeCloud(routes=json.dumps([outer]))
    drop = cloud.drop(name="in/eu/a.jsonl")
    cloud.wait(3600)
    inner = {"prefix": "in/eu/", "model": "m", "began": cloud.now().isoformat()}
    cloud.change(routes=json.dumps([outer, inner]))

    cloud.look_at_inbox()

    assert cloud.ledger().knows(drop.drop_id)


def test_a_look_in_which_there_was_a_bug_says_that_it_came(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    lost(cloud)
    fail_at(cloud, "objects.write state", ValueError("a bug"))

    with pytest.raises(ValueError, match="a bug"):
        cloud.look_at_inbox()

    assert '"event": "backstop"' in capsys.readouterr().out
