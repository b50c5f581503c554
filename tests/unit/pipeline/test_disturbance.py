"""
What befalls events on demand: copies, delays, another order.
"""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from localcloud.pipeline.delivery import DeliveryTerms, Disturbance
from tests.unit.pipeline.bridging import bridge
from tests.unit.pipeline.conftest import (
    Call,
    MemoryOutbox,
    Receiver,
    until,
    within_limit,
)


def test_copies_come_under_ids_of_their_own() -> None:
    async def test() -> None:
        outbox = MemoryOutbox()
        outbox.add("a")
        async with (
            Receiver().serving() as receiver,
            bridge(outbox, receiver, disturbance=Disturbance(copies=19)),
        ):
            await until(lambda: not outbox.waiting)

        assert len(receiver.calls) == 20
        assert len({call.id for call in receiver.calls}) == 20
        assert len({call.body for call in receiver.calls}) == 1

    within_limit(test())


def order_under(disturbance: Disturbance) -> list[str]:
    async def test() -> list[str]:
        outbox = MemoryOutbox()
        for number in range(30):
            outbox.add(str(number))
        one_at_a_time = DeliveryTerms(concurrency=1)
        async with (
            Receiver().serving() as receiver,
            bridge(outbox, receiver, one_at_a_time, disturbance),
        ):
            await until(lambda: not outbox.waiting)
        assert receiver.most_active == 1
        return [json.loads(call.body)["name"] for call in receiver.calls]

    return within_limit(test())


def test_order_is_kept_unless_it_is_disturbed_and_a_seed_repeats_itself() -> None:
    in_order = [str(number) for number in range(30)]
    shuffled = order_under(Disturbance(shuffle=True, seed=1))
    delayed = order_under(Disturbance(delay_seconds=(0, 0.2), seed=1))

    assert order_under(Disturbance()) == in_order
    assert shuffled != in_order
    assert sorted(shuffled) == sorted(in_order)
    assert order_under(Disturbance(shuffle=True, seed=1)) == shuffled
    assert order_under(Disturbance(shuffle=True, seed=2)) != shuffled
    assert delayed != in_order


def test_a_chance_of_copies_is_a_chance() -> None:
    async def test() -> None:
        outbox = MemoryOutbox()
        for number in range(200):
            outbox.add(str(number))
        async with (
            Receiver().serving() as receiver,
            bridge(outbox, receiver, disturbance=Disturbance(copy_chance=0.5)),
        ):
            await until(lambda: not outbox.waiting)

        times = Counter(call.body for call in receiver.calls)
        assert set(times.values()) == {1, 2}
        assert 60 < sum(1 for count in times.values() if count == 2) < 140

    within_limit(test())


@pytest.mark.parametrize("shuffle", [False, True])
def test_what_befalls_an_event_depends_on_its_ordinal_not_on_repeats(
    shuffle: bool,
) -> None:
    """
    Deliveries that fail and are repeated, and events of other buckets, change
    nothing.
    """

    def befell(*, failing: bool) -> dict[str, Any]:
        async def flaky(call: Call) -> int:
            return 500 if failing and len(receiver.calls) % 3 == 1 else 200

        receiver = Receiver(behaviour=flaky)
        noted: dict[str, Any] = {}

        async def test() -> None:
            outbox = MemoryOutbox()
            disturbance = Disturbance(
                copy_chance=0.5, delay_seconds=(0, 0.01), shuffle=shuffle, seed=1
            )
            async with (
                receiver.serving(),
                bridge(outbox, receiver, disturbance=disturbance) as made,
            ):
                made.on_disturbed = lambda _, name, happens: noted.update(
                    {name: happens} if "messages" in happens else {}
                )
                # One after another, so that there are repeats before the next draw.
                for number in range(20):
                    if failing:
                        outbox.add("other", bucket="other")
                    outbox.add(str(number))
                    made.notify()
                    await until(lambda: not outbox.waiting)

        within_limit(test())
        return noted

    calm = befell(failing=False)
    assert len(calm) == 20
    assert befell(failing=True) == calm


def test_what_is_not_lost_befalls_as_if_nothing_were() -> None:
    usual = Disturbance(seed=1, copy_chance=0.5, delay_seconds=(0, 1))
    losing = replace(usual, lose_chance=0.3)
    came = {n: losing.delays(n) for n in range(100) if losing.delays(n)}

    assert 50 < len(came) < 90
    assert came == {n: usual.delays(n) for n in came}


@pytest.mark.parametrize(
    "wrong",
    [
        {"copies": -1},
        {"copy_chance": 1.5},
        {"lose_chance": -0.1},
        {"delay_seconds": (2.0, 1.0)},
        {"delay_seconds": (-1.0, 1.0)},
    ],
)
def test_a_disturbance_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))[:6]):
        Disturbance(**wrong)
