"""Where a look at the inbox goes on, whatever clocks and bookmarks say."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.bookmark import NAME
from tests.fakes import FakeCloud
from tests.moments import at_call
from tests.unit.test_looks_at_inbox import HOUR, looked


def test_a_look_that_runs_out_of_time_goes_on_there() -> None:
    cloud = FakeCloud()
    for number in range(10):
        cloud.drop(name=f"in/{number}.jsonl")
    cloud.wait(HOUR)

    def slow(name: str) -> None:
        if name == "objects.info state":
            cloud.wait(cloud.settings.poll_budget_seconds / 3)

    cloud.faults.on_call = slow
    looks = [cloud.look_at_inbox() for _ in range(8)]

    assert sum(each.claimed for each in looks) == 10
    assert [each.finished for each in looks][:3] == [False, False, False]
    assert any(each.finished for each in looks)
    # None of those that were looked up is listed again.
    assert looks[1].listed + looks[0].listed <= 10


def test_what_comes_while_a_look_is_unfinished_is_found_by_the_next() -> None:
    cloud = FakeCloud()
    for number in (1, 2, 3):
        cloud.drop(name=f"in/{number}.jsonl")
    cloud.wait(HOUR)
    budget = cloud.settings.poll_budget_seconds
    # The bookmark is read, the first is looked up, and then time is up.
    at_call(cloud, "objects.write state", lambda: cloud.wait(budget))
    assert not cloud.look_at_inbox().finished

    # Its name is before all that the look goes on with.
    cloud.drop(name="in/0.jsonl")
    looked(cloud, 2)

    assert len(cloud.open()) == 4


@pytest.mark.parametrize("wrong", [-2 * HOUR, -HOUR, 2 * HOUR, 100 * HOUR])
def test_a_clock_that_was_wrong_for_a_look_hides_no_drop(wrong: float) -> None:
    cloud = FakeCloud()
    looked(cloud)
    cloud.drop(name="in/before.jsonl")
    cloud.wait(1)
    cloud.look_at_inbox()
    cloud.wait(HOUR)
    # Cloud Storage has a clock of its own: ours alone is wrong.
    off = timedelta(seconds=wrong)
    replace(cloud.backstop(), now=lambda: cloud.now() + off).look()
    cloud.wait(60)
    cloud.drop()
    looked(cloud, 2)

    assert len(cloud.open()) == 2


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_clock_that_is_ahead_by_more_than_the_window_hides_no_drop(
    is_finished: bool,
) -> None:
    """Such a look sees nothing: so it moves nothing on, and none goes on there."""
    cloud = FakeCloud()
    looked(cloud, 2)
    # The next look is the first that could look it up.
    cloud.wait(-5)
    lost = cloud.drop()
    cloud.drop(name="in/b.jsonl")
    cloud.wait(5 + HOUR)
    settings = cloud.settings
    ahead = cloud.now() + 2 * timedelta(seconds=settings.backstop_window_seconds)
    # It begins and comes to the first drop; then, perhaps, its time is up.
    over = timedelta(seconds=0 if is_finished else settings.poll_budget_seconds)
    clock = itertools.chain([ahead, ahead], itertools.repeat(ahead + over))
    replace(cloud.backstop(), now=lambda: next(clock)).look()
    looked(cloud, 2)

    assert cloud.ledger().knows(lost.drop_id)


def test_looks_that_stayed_away_for_longer_than_the_window_move_on_again() -> None:
    cloud = FakeCloud()
    looked(cloud, 2)
    cloud.wait(2 * cloud.settings.backstop_window_seconds)
    cloud.drop()

    looked(cloud, 3)
    looked_up = []
    for _ in range(2):
        cloud.wait(HOUR)
        looked_up.append(cloud.look_at_inbox().looked_up)

    assert (len(cloud.open()), looked_up) == (1, [0, 0])


@pytest.mark.parametrize(
    "damage",
    [
        {},
        {"schema": "2"},
        {"schema": "1", "until": "soon", "then": "soon", "at": ""},
        {"schema": "1", "until": "2026-11-23T12:00", "then": "2026-11-23", "at": ""},
        {
            "schema": "1",
            "until": "2099-01-01T00:00:00+00:00",
            "then": "2099-01-01T00:00:00+00:00",
            "at": "%FF",
        },
        {
            "schema": "1",
            "until": "2099-01-01T00:00:00+00:00",
            "then": "2099-01-01T00:00:00+00:00",
            "at": "",
        },
    ],
)
def test_a_bookmark_that_makes_no_sense_hides_no_drop(
    damage: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = FakeCloud()
    looked(cloud)
    cloud.drop()
    cloud.wait(HOUR)
    (info,) = cloud.objects.list("state", NAME)
    cloud.objects.delete("state", NAME, if_generation=info.generation)
    cloud.objects.write("state", NAME, b"", if_generation=0, metadata=damage)

    assert cloud.look_at_inbox().claimed == 1
    assert '"bad_bookmark"' in capsys.readouterr().out


def test_a_look_goes_on_among_the_generations_of_one_name() -> None:
    """A file that is overwritten all the time keeps nothing behind it from a look."""
    cloud = FakeCloud()
    for _ in range(20):
        cloud.drop(name="in/a.jsonl")
    last = cloud.drop(name="in/b.jsonl")
    cloud.wait(HOUR)

    def slow(name: str) -> None:
        if name == "objects.info state":
            cloud.wait(cloud.settings.poll_budget_seconds / 3)

    cloud.faults.on_call = slow
    looks = [cloud.look_at_inbox() for _ in range(20)]

    assert sum(each.claimed for each in looks) == 21
    assert cloud.ledger().knows(last.drop_id)


def test_a_bookmark_of_older_code_goes_on_at_a_name() -> None:
    cloud = FakeCloud()
    cloud.drop(name="in/a.jsonl")
    cloud.drop(name="in/b.jsonl")
    said = {"schema": "1", "at": "in%2Fb.jsonl"}
    times = {key: cloud.now().isoformat() for key in ("until", "then")}
    cloud.wait(HOUR)
    cloud.objects.write("state", NAME, b"", if_generation=0, metadata=said | times)
    cloud.wait(HOUR)

    assert cloud.look_at_inbox().claimed == 1
