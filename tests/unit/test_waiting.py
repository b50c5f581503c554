"""How long a hold lasts: longer each time, up to a cap, and not the same for all."""

from datetime import timedelta

import pytest

from shared.waiting import hold_time, is_over
from tests.fakes import START, settings

SETTINGS = settings(hold_min_seconds="30", hold_max_seconds="600")
DROPS = [f"{number:032x}" for number in range(1_000)]


def waits(tries: int) -> list[float]:
    """How many seconds the n-th hold of each of a thousand drops lasts, in order."""
    return sorted(
        hold_time(SETTINGS, drop_id, tries) / timedelta(seconds=1) for drop_id in DROPS
    )


@pytest.mark.parametrize(
    ("tries", "longest"), [(1, 30), (2, 60), (3, 120), (5, 480), (6, 600), (99, 600)]
)
def test_holds_double_up_to_the_cap_and_spread_over_half_of_it(
    tries: int, longest: float
) -> None:
    found = waits(tries)

    assert longest / 2 <= found[0] < longest * 0.51
    assert longest * 0.99 < found[-1] <= longest
    # Evenly: of four quarters none is empty, and none has them all.
    middle = longest * 0.75
    assert 400 < sum(wait < middle for wait in found) < 600


def test_a_hold_is_as_long_whenever_it_is_asked_for() -> None:
    assert waits(3) == waits(3)


def test_the_next_hold_of_a_drop_has_a_jitter_of_its_own() -> None:
    """Drops that met once would meet again and again."""
    parts = {hold_time(SETTINGS, DROPS[0], tries) / 600 for tries in range(6, 30)}

    assert len(parts) == 24


def test_what_ends_a_little_later_than_it_may_is_not_over() -> None:
    """Whoever wrote it has a clock of their own."""
    now, longest = START, timedelta(minutes=2)

    assert not is_over(now + longest + timedelta(seconds=50), now, longest=longest)
    assert is_over(now + longest + timedelta(seconds=70), now, longest=longest)
