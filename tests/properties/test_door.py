"""
Through the door, too, whatever befalls any one outward call or a request of one, every
promise holds: real functions, adapters and clients, and a local cloud.

Some of all such runs, drawn by a seed (`DOOR_SEED`); all are `make prove WHAT=door`.
"""

import os

import pytest

from tests.faults import Crash
from tests.properties import befalling
from tests.properties.door.calls import Befallen, Calls
from tests.properties.door.proving import proved
from tests.properties.door.wire import MISHAPS, Mishap, mishaps_of
from tests.properties.stories import STORIES

# Its many ticks are those of other stories over again.
_LONG = {"made_twice"}
DRAWN = 12


def test_some_mishaps_through_the_door_break_no_promise() -> None:
    seed = os.environ.get("DOOR_SEED", "7")
    stories = [f"--story={story}" for story in STORIES if story not in _LONG]

    found = proved(*stories, "--draw", str(DRAWN), "--seed", seed, timeout=200)

    assert found.runs == DRAWN


def test_what_befalls_a_call_on_the_fakes_befalls_it_at_the_wire() -> None:
    assert set(MISHAPS) == set(befalling.MISHAPS)


def test_a_mishap_that_befell_no_request_is_told() -> None:
    calls = _calls()
    calls.begin({0: Mishap(name="cut, once", fault={"cut": True}, request=1)})

    calls.call("batches.get", {"service": "vertex"}, lambda: None)

    assert len(calls.missed) == 1


@pytest.mark.parametrize("number", [0, 1])
def test_a_process_dies_before_or_after_the_effect(number: int) -> None:
    mishap = mishaps_of("batches.get", 1)[number]
    done: list[str] = []
    calls = _calls()
    calls.begin({0: mishap})

    with pytest.raises(Crash):
        calls.call("batches.get", {}, lambda: done.append("done"))

    assert done == ["done"][:number]


def _calls() -> Calls:
    return Calls(
        put=lambda _: None,
        told=lambda: Befallen(matched=1, befell=0),
        standing=list,
    )
