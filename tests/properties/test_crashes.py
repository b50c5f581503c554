"""
Whatever befalls any one outward call of a run, every promise holds: each drop has one
job at most, is announced under one id with the same bytes, and leaves nothing open.

All pairs of two mishaps are `make prove`.
"""

import pytest

from tests.properties.befalling import MISHAPS, may_become
from tests.properties.enumerating import run, singles
from tests.properties.stories import STORIES


@pytest.mark.parametrize("story", STORIES)
def test_one_mishap_at_any_call_breaks_no_promise(story: str) -> None:
    plain = run(story, {})

    for mishaps in singles(plain.calls):
        ended = run(story, mishaps).outcomes

        ((number, mishap),) = mishaps.items()
        call = plain.calls[number].partition(" ")[0]
        others = set(ended.items()) - set(plain.outcomes.items())
        assert {reason for _, reason in others} <= may_become(call), (
            story,
            call,
            mishap.name,
        )


def test_the_stories_come_by_every_outward_call_that_can_go_wrong() -> None:
    called = {
        call.partition(" ")[0] for name in STORIES for call in run(name, {}).calls
    }

    assert called == set(MISHAPS)
