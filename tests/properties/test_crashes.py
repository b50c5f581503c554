"""
Whatever befalls any one outward call of a run, every promise holds: each drop has one
job at most, is announced under one id with the same bytes, and leaves nothing open.

All pairs of two mishaps are `make prove`.
"""

import pytest

from tests.properties.befalling import MISHAPS
from tests.properties.enumerating import run, singles
from tests.properties.stories import STORIES

# What a single mishap may turn an outcome into: the service has said no for good.
_MAY_BECOME = {
    "batches.create": {"create_refused"},
    "objects.stream": {"superseded", "unreadable"},
    "objects.copy": {"superseded"},
}


@pytest.mark.parametrize("story", STORIES)
def test_one_mishap_at_any_call_breaks_no_promise(story: str) -> None:
    plain = run(story, {})

    for mishaps in singles(plain.calls):
        ended = run(story, mishaps).outcomes

        ((number, mishap),) = mishaps.items()
        call = plain.calls[number].partition(" ")[0]
        others = set(ended.items()) - set(plain.outcomes.items())
        allowed = _MAY_BECOME.get(call, set())
        assert {reason for _, reason in others} <= allowed, (story, call, mishap.name)


def test_the_stories_come_by_every_outward_call_that_can_go_wrong() -> None:
    called = {
        call.partition(" ")[0] for name in STORIES for call in run(name, {}).calls
    }

    assert called == set(MISHAPS)
