"""
Whatever befalls any one outward call of a run, every promise holds: each drop has one
job at most, is announced under one id with the same bytes, and leaves nothing open.

All pairs of two mishaps are `make prove`.
"""

import pytest

from tests.properties.befalling import DEATHS, MISHAPS
from tests.properties.enumerating import Ran, expect_ends, run, singles
from tests.properties.stories import ENDS, STORIES


@pytest.mark.parametrize("story", STORIES)
def test_by_itself_a_story_ends_as_is_promised(story: str) -> None:
    assert sorted(run(story, {}).outcomes.values()) == sorted(ENDS[story])


@pytest.mark.parametrize("story", STORIES)
def test_one_mishap_at_any_call_breaks_no_promise(story: str) -> None:
    plain = run(story, {})
    met: dict[int, Ran] = {}

    for mishaps in singles(plain.calls):
        ran = run(story, mishaps)
        expect_ends(story, plain, ran, mishaps)
        for here in ran.stood:
            _expect_alike(here, ran, met.setdefault(here, ran))


@pytest.mark.parametrize("story", STORIES)
def test_nor_does_it_where_the_event_comes_again(story: str) -> None:
    """
    As it does until it is answered: above, polls alone had to end the drop. Whatever a
    call comes to, an event is not answered; so the deaths will do.
    """
    plain = run(story, {})

    for mishaps in singles(plain.calls):
        ((number, mishap),) = mishaps.items()
        if number in plain.by_events and mishap in DEATHS:
            ran = run(story, mishaps, redelivers=True)
            expect_ends(story, plain, ran, mishaps)


def _expect_alike(here: int, one: Ran, other: Ran) -> None:
    """Pairs go on once from where runs have stood: what comes is the same."""
    assert one.calls[one.stood[here] :] == other.calls[other.stood[here] :]
    assert one.outcomes == other.outcomes


def test_the_stories_come_by_every_outward_call_that_can_go_wrong() -> None:
    called = {
        call.partition(" ")[0] for name in STORIES for call in run(name, {}).calls
    }

    assert called == set(MISHAPS)
