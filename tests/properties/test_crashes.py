"""
Whatever befalls any one outward call of a run, every promise holds: each drop has one
job at most, is announced under one id with the same bytes, and leaves nothing open.

All pairs of two mishaps are `make prove`.
"""

import pytest

from tests.properties.befalling import DEATHS, MISHAPS
from tests.properties.enumerating import Outcomes, Ran, expect_ends, run, singles
from tests.properties.stories import ENDS, STORIES


@pytest.mark.parametrize("story", STORIES)
def test_by_itself_a_story_ends_as_is_promised(story: str) -> None:
    assert sorted(run(story, {}).outcomes.values()) == sorted(ENDS[story])


@pytest.mark.parametrize("story", STORIES)
def test_one_mishap_at_any_call_breaks_no_promise(story: str) -> None:
    plain = run(story, {})
    known: dict[int, Outcomes] = {}

    for mishaps in singles(plain.calls):
        expect_ends(story, plain, run(story, mishaps, known=known), mishaps)


@pytest.mark.parametrize("story", STORIES)
def test_nor_does_it_where_the_event_comes_again(story: str) -> None:
    """
    As it does until it is answered: above, polls alone had to end the drop. Whatever a
    call comes to, an event is not answered; so the deaths will do.
    """
    plain = run(story, {}, redelivers=True)
    known: dict[int, Outcomes] = {}

    for mishaps in singles(plain.calls):
        ((number, mishap),) = mishaps.items()
        if number in plain.by_events and mishap in DEATHS:
            ran = run(story, mishaps, redelivers=True, known=known)
            expect_ends(story, plain, ran, mishaps)


@pytest.mark.parametrize("story", ["completed", "held", "ended_twice"])
def test_from_where_a_run_has_stood_the_same_comes(story: str) -> None:
    """Call for call: so it is enough to go on from there once."""
    first: dict[int, Ran] = {}

    for mishaps in singles(run(story, {}).calls):
        ran = run(story, mishaps)
        for here, before in ran.stood.items():
            other = first.setdefault(here, ran)
            assert ran.calls[before:] == other.calls[other.stood[here] :]
            assert ran.outcomes == other.outcomes


def test_the_stories_come_by_every_outward_call_that_can_go_wrong() -> None:
    called = {
        call.partition(" ")[0] for name in STORIES for call in run(name, {}).calls
    }

    assert called == set(MISHAPS)
