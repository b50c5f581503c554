"""
Whatever befalls any one outward call of a run, every promise holds: each drop has one
job at most, is announced under one id with the same bytes, and leaves nothing open.

All pairs of two mishaps are `make prove`.
"""

from collections.abc import Mapping

import pytest

from tests.properties.befalling import DEATHS, MISHAPS, Mishap
from tests.properties.enumerating import Ran, apart, expect_ends, later, run, singles
from tests.properties.stories import ENDS, STORIES


@pytest.mark.parametrize("story", STORIES)
def test_by_itself_a_story_ends_as_is_promised(story: str) -> None:
    assert sorted(run(story, {}).outcomes.values()) == sorted(ENDS[story])


@pytest.mark.parametrize("story", STORIES)
def test_one_mishap_at_any_call_breaks_no_promise(story: str) -> None:
    plain = run(story, {})
    ran = {}

    for mishaps in singles(plain.calls):
        (single,) = mishaps.items()
        ran[single] = run(story, mishaps)
        expect_ends(story, plain, ran[single], mishaps)

    _expect_deaths_alike(plain, ran)


@pytest.mark.parametrize("story", STORIES)
def test_nor_does_it_where_the_event_comes_again(story: str) -> None:
    """
    As it does until it is answered: above, polls alone had to end the drop. Whatever a
    call comes to, an event is not answered; so the deaths will do.
    """
    plain = run(story, {})

    for mishaps in apart(plain):
        ((number, mishap),) = mishaps.items()
        if number in plain.by_events and mishap in DEATHS:
            ran = run(story, mishaps, redelivers=True)
            expect_ends(story, plain, ran, mishaps)


def _expect_deaths_alike(plain: Ran, ran: Mapping[tuple[int, Mishap], Ran]) -> None:
    """Of deaths that leave the same behind, pairs have one: what comes is the same."""
    for (number, death), one in ran.items():
        if other := later(plain, number, death):
            after = ran[other].calls[other[0] + 1 :]
            assert one.calls[number + 1 :] == after, (number, death.name)
            assert one.outcomes == ran[other].outcomes, (number, death.name)


def test_the_stories_come_by_every_outward_call_that_can_go_wrong() -> None:
    called = {
        call.partition(" ")[0] for name in STORIES for call in run(name, {}).calls
    }

    assert called == set(MISHAPS)
