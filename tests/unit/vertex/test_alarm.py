"""
One timer for all jobs.
"""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from localcloud.vertex.jobs.alarm import Alarm

_STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 20)), max_size=12
)


@given(_STEPS)
def test_it_rings_once_for_each_key_at_its_last_time(
    steps: list[tuple[str, int | None]],
) -> None:
    time = 0
    rung: list[tuple[int, str]] = []
    alarm = Alarm(lambda: time, lambda key: rung.append((time, key)))
    for key, due in steps:
        alarm.set(key, due)
    wanted = [(due, key) for key, due in dict(steps).items() if due is not None]
    for time in range(21):  # it is the alarm's clock
        left = [due for due, _ in wanted if due >= time]
        assert alarm.next() == min(left, default=None)
        alarm.ring()
    assert sorted(rung) == sorted(wanted)


def test_what_a_ring_sets_may_ring_in_the_same_round() -> None:
    rung: list[str] = []

    def on_due(key: str) -> None:
        rung.append(key)
        if len(rung) < 3:
            alarm.set(key, 0)

    alarm = Alarm(lambda: 0, on_due)
    alarm.set("a", 0)
    alarm.ring()
    assert rung == ["a"] * 3


def test_it_rings_by_itself_once_started() -> None:
    async def wait() -> list[str]:
        loop = asyncio.get_running_loop()
        rung: list[str] = []
        done = asyncio.Event()

        def on_due(key: str) -> None:
            rung.append(key)
            if len(rung) == 3:
                done.set()

        def now() -> int:
            return int(loop.time() * 1_000_000)

        alarm = Alarm(now, on_due)
        alarm.set("b", now() + 20_000)
        alarm.start(loop)
        alarm.set("a", now())
        alarm.set("c", now() + 40_000)
        async with asyncio.timeout(10):
            await done.wait()
        alarm.set("d", now())
        alarm.stop()
        await asyncio.sleep(0)
        return rung

    assert asyncio.run(wait()) == ["a", "b", "c"]
