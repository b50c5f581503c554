"""
What befalls events by name: each catalogued disturbance, played in a hurry.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from localcloud.control.switches import Switches
from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.faults import Faults
from localcloud.pipeline.delivery import DeliveryTerms
from localcloud.storage.disk.outbox import Watch
from localcloud.storage.disk.store import Store
from tests.hurried_loop import hurried
from tests.unit.faults.played import Plays
from tests.unit.pipeline.bridging import bridge
from tests.unit.pipeline.conftest import Call, MemoryOutbox, Receiver

plays = Plays()


class Delivered:
    """
    What a function received, and when, of events that were there at once.
    """

    def __init__(self, switches: Switches) -> None:
        self.switches = switches

    def of(self, events: int) -> list[tuple[float, Call]]:
        """
        The calls, each with the seconds that it came after.
        """
        times: list[float] = []

        async def behaviour(call: Call) -> int:
            times.append(asyncio.get_running_loop().time() - began)
            return 200

        began = 0.0
        outbox = MemoryOutbox()
        for number in range(events):
            outbox.add(str(number))

        async def deliver() -> list[Call]:
            nonlocal began
            async with (
                Receiver(behaviour=behaviour).serving() as receiver,
                bridge(outbox, receiver, DeliveryTerms(concurrency=1)) as made,
            ):
                made.on_disturbed = self.switches.note_event
                began = asyncio.get_running_loop().time()
                self.switches.join(made)
                while outbox.waiting:  # noqa: ASYNC110  # it is a test's own outbox
                    await asyncio.sleep(0.1)
                return receiver.calls

        return list(zip(times, hurried(deliver()), strict=True))


def name_of(call: Call) -> int:
    return int(json.loads(call.body)["name"])


@pytest.mark.parametrize(
    "name", [each.name for each in catalogue().values() if each.service == "eventarc"]
)
def test_a_disturbance_does_what_its_sentence_says(name: str, tmp_path: Path) -> None:
    assert name in plays.by_name, f"nothing plays {name}"
    if catalogue()[name].always:
        plays.by_name[name](tmp_path)
        return
    switches = Switches(Faults(seed=1))
    switches.add({"name": name})
    plays.by_name[name](Delivered(switches))
    assert {each["name"] for each in switches.faults.injected} == {name}


def comes(delivered: Delivered, times: int) -> None:
    calls = [call for _, call in delivered.of(3)]
    assert sorted(map(name_of, calls)) == sorted([*range(3)] * times)
    assert len({call.id for call in calls}) == 3 * times
    assert len(delivered.switches.faults.injected) == 3


@plays.of("events-duplicated")
def _(delivered: Delivered) -> None:
    comes(delivered, 2)


@plays.of("events-storm")
def _(delivered: Delivered) -> None:
    comes(delivered, 20)


@plays.of("events-duplicated-sometimes")
def _(delivered: Delivered) -> None:
    times = Counter(name_of(call) for _, call in delivered.of(100))
    assert set(times.values()) == {1, 2}
    assert 5 < list(times.values()).count(2) < 40


@plays.of("events-late")
def _(delivered: Delivered) -> None:
    seconds = [each for each, _ in delivered.of(5)]
    assert min(seconds) >= 1
    # The last ones wait for their turn, too: time flies faster than a call does.
    assert seconds[0] < 10


@plays.of("events-out-of-order")
def _(delivered: Delivered) -> None:
    order = [name_of(call) for _, call in delivered.of(20)]
    assert sorted(order) == list(range(20)) != order


@plays.of("events-lost")
def _(delivered: Delivered) -> None:
    comes(delivered, 0)


@plays.of("overwrite-is-another-event")
def _(folder: Path) -> None:
    store = Store(folder / "storage")
    feed = store.watch(Watch(recipient="test"))
    store.create_bucket_if_absent("inbox", "p", {})
    for content in (b"old", b"new"):
        store.insert_object("inbox", "a", content)
    generations = [
        event.resource["generation"]
        for event in feed.events(0, 10)
        if event.type.name == "FINALIZED"
    ]
    store.close()
    assert len(set(generations)) == 2
