"""
Whatever befalls any one outward call of a run, every promise holds: each drop has one
job at most, is announced under one id with the same bytes, and leaves nothing open.

All pairs of two mishaps are `make prove`.
"""

import pytest

from tests.properties.befalling import DEATHS, MISHAPS, may_become
from tests.properties.enumerating import Mishaps, Ran, run, singles
from tests.properties.stories import OTHERWISE, STORIES


@pytest.mark.parametrize("story", STORIES)
def test_one_mishap_at_any_call_breaks_no_promise(story: str) -> None:
    plain = run(story, {})

    for mishaps in singles(plain.calls):
        _expect_same_ends(story, plain, run(story, mishaps), mishaps)


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
            _expect_same_ends(story, plain, ran, mishaps)


def _expect_same_ends(story: str, plain: Ran, ran: Ran, mishaps: Mishaps) -> None:
    ((number, mishap),) = mishaps.items()
    call = plain.calls[number]
    others = set(ran.outcomes.items()) - set(plain.outcomes.items())
    allowed = may_become(call, OTHERWISE.get(story, frozenset()))
    assert {reason for _, reason in others} <= allowed, (call, mishap.name)


def test_the_stories_come_by_every_outward_call_that_can_go_wrong() -> None:
    called = {
        call.partition(" ")[0] for name in STORIES for call in run(name, {}).calls
    }

    assert called == set(MISHAPS)
