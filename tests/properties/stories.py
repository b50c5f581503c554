"""Runs that between them come by every outward call of the code."""

from collections.abc import Callable, Mapping

from shared.drops import Drop
from tests.properties.stories_of_creates import (
    ended_twice,
    forbidden,
    held,
    held_behind,
    made_twice,
    refused,
    unanswered,
    unknown_and_made,
    unknown_and_not_made,
)
from tests.properties.stories_of_files import (
    aged,
    capped,
    completed,
    long,
    looked_before,
    overwritten,
    rejected,
    superseded,
    switched_off,
    unheard_of,
)
from tests.properties.stories_of_jobs import cancelled, late, lost, stray
from tests.properties.stories_that_rest import (
    killing,
    late_at_its_end,
    set_aside,
    set_aside_at_its_end,
    set_aside_in_doubt,
    set_aside_while_held,
)
from tests.properties.world import World

Story = Callable[[World], list[Drop]]

STORIES: Mapping[str, Story] = {
    story.__name__: story
    for story in (
        completed,
        capped,
        rejected,
        long,
        superseded,
        overwritten,
        held,
        refused,
        forbidden,
        held_behind,
        switched_off,
        aged,
        unknown_and_made,
        unknown_and_not_made,
        made_twice,
        ended_twice,
        late,
        late_at_its_end,
        set_aside,
        set_aside_in_doubt,
        set_aside_at_its_end,
        set_aside_while_held,
        unanswered,
        killing,
        cancelled,
        lost,
        stray,
        unheard_of,
        looked_before,
    )
}

# How their drops end by themselves, in any order.
ENDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(STORIES, ("completed",)),
    "capped": ("rows_without_answer", "rows_without_answer"),
    "rejected": ("no_request",),
    "superseded": ("superseded",),
    "overwritten": ("completed", "rows_without_answer"),
    "refused": ("create_refused",),
    "held_behind": ("completed", "completed"),
    "cancelled": ("job_cancelled",),
    "lost": ("job_lost",),
    "stray": ("completed", "completed"),
    "unheard_of": ("completed", "rows_without_answer"),
}

# How else the drops of a story may end: what it does to a job is nothing to one that
# a mishap has kept from being made by then; `stray` may drop more files; and a create
# that is done at the wire, whatever is answered, was not refused.
OTHERWISE: Mapping[str, frozenset[str]] = {
    "cancelled": frozenset({"completed"}),
    "lost": frozenset({"completed"}),
    "stray": frozenset({"completed"}),
    "refused": frozenset({"completed"}),
}
