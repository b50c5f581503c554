"""
Days in the life of a deployment, in any order that can happen: files are dropped,
overwritten and deleted; events come twice, late and out of order, or never, so that
only a look at the inbox finds their file; calls fail, their effect done or not;
processes die, or sleep in the middle and wake up late; routes are switched off and on;
the clock jumps, also backwards; and jobs do what `days_of_jobs` has.

Nothing is billed twice, whatever happens (no process sleeps within its create, and
lists lag less than the settling time); and at the end every drop is announced, once.
"""

import contextlib
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from shared.drops import Drop
from tests.fakes import ROW
from tests.properties.befalling import Mishap, Script, mishaps_of
from tests.properties.days_of_jobs import DaysOfJobs
from tests.properties.holding import check, expect_markers
from tests.properties.scheduling import Process
from tests.properties.world import World

_NAMES = st.sampled_from(["in/a.jsonl", "in/b.jsonl", "world/c.jsonl", "off/d.jsonl"])
_CONTENTS = st.sampled_from([ROW, ROW * 3, b"{}\n", b""])


_MOST_BEHIND = 600
# A drop is set aside when its failures were enough before, or once its next try ends.
_ROUNDS = 3
_KINDS = ("event", "tick", "look")
# A window longer than any of these lives, so that nothing gets too old to be found;
# and drops that are set aside at their first error, so that it is met.
_SETTINGS = {"backstop_window_seconds": str(100 * 86_400), "set_aside_tries": "1"}


class Days(DaysOfJobs):
    """One deployment, and all that befalls it."""

    def __init__(self) -> None:
        super().__init__()
        self.drops: list[Drop] = []
        self.asleep: list[Process] = []
        self.behind = 0

    @initialize()
    def deploy(self) -> None:
        self.world = World.with_mishaps({})
        self.cloud = self.world.cloud
        self.cloud.batches.lag_seconds = 300
        self.cloud.batches._now = self.cloud.objects._now = self._google
        self.cloud.change(**_SETTINGS)
        faults = self.cloud.faults
        assert isinstance(faults, Script)
        faults.on_call, faults.draw = self._before_call, self._befalls
        # How many calls from now on, and which of its mishaps that call meets.
        self._to_come: list[tuple[int, int]] = []
        self._lost: Mishap | None = None

    @rule(name=_NAMES, content=_CONTENTS)
    def drop(self, name: str, content: bytes) -> None:
        self.drops.append(self.world.drop(content, name))

    @precondition(lambda self: self.drops)
    @rule(data=st.data(), for_ever=st.booleans())
    def delete(self, data: st.DataObject, for_ever: bool) -> None:
        drop = data.draw(st.sampled_from(self.drops))
        if for_ever:
            # Nothing but its event could tell of it any more.
            self.world.hear_of(drop.name)
        self.cloud.objects.remove("inbox", drop.name, for_ever=for_ever)

    @precondition(lambda self: self._losable())
    @rule(data=st.data())
    def an_event_is_lost(self, data: st.DataObject) -> None:
        self.world.lose(data.draw(st.sampled_from(self._losable())))

    @rule()
    def somebody_looks_at_the_inbox(self) -> None:
        with _quietly():
            self.world.look_at_inbox()

    @precondition(lambda self: self.drops)
    @rule(data=st.data())
    def an_event_comes(self, data: st.DataObject) -> None:
        """For the first time, again, or days late."""
        drop = data.draw(st.sampled_from(self.drops))
        with _quietly():
            if self.world.bring(drop) and drop in self.world.pending:
                self.world.pending.remove(drop)
                self.world.answered.append(drop)

    @rule()
    def a_tick_comes(self) -> None:
        with _quietly():
            self.world.tick()

    @rule(calls=st.integers(0, 12), which=st.integers(0, 11))
    def something_will_befall_a_call(self, calls: int, which: int) -> None:
        """
        The so-many-th from now on, whoever makes it: its process dies before it or
        after, or the call fails in one of the ways that it can, done or not.
        """
        self._to_come.append((len(self.world.calls) + calls, which))

    @rule(answer=st.sampled_from(mishaps_of("batches.create")))
    def the_next_create_goes_wrong(self, answer: Mishap) -> None:
        """Often enough to meet: one call in ten is a create, and few go wrong."""
        self._lost = answer

    @precondition(lambda self: self.drops and len(self.asleep) < 3)
    @rule(data=st.data(), calls=st.integers(0, 12), kind=st.sampled_from(_KINDS))
    def a_process_falls_asleep(
        self, data: st.DataObject, calls: int, kind: str
    ) -> None:
        """Before the so-many-th of its calls, but not with a create in its hand."""
        drop = data.draw(st.sampled_from(self.drops))
        work = {
            "event": lambda: self.world.bring(drop),
            "tick": self.world.tick,
            "look": self.world.look_at_inbox,
        }
        process = Process(work[kind])
        self.asleep.append(process)
        with _quietly():
            process.start()
            while not process.done and (calls > 0 or process.at == "batches.create"):
                calls -= 1
                process.go()
        if process.done:
            self.asleep.remove(process)

    @precondition(lambda self: self.asleep)
    @rule(data=st.data())
    def one_wakes_up(self, data: st.DataObject) -> None:
        process = data.draw(st.sampled_from(self.asleep))
        self.asleep.remove(process)
        with _quietly():
            while not process.done:
                process.go()

    @precondition(lambda self: not self.asleep and self.behind < _MOST_BEHIND)
    @rule(seconds=st.sampled_from([1, 60, 300]))
    def our_clock_goes_back(self, seconds: int) -> None:
        """Google's does not; and who sleeps has only one of these."""
        self.behind += seconds
        self.cloud.wait(-seconds)

    @rule(prefix=st.sampled_from(["in/", "off/"]), enabled=st.booleans())
    def a_route_is_switched(self, prefix: str, enabled: bool) -> None:
        routes = json.loads(self.cloud.settings.routes_json)
        for route in routes:
            if route["prefix"] == prefix:
                route["enabled"] = enabled
        self.cloud.change(**_SETTINGS, routes=json.dumps(routes))

    @precondition(lambda self: self.drops)
    @rule(data=st.data())
    def an_operator_puts_a_drop_back(self, data: st.DataObject) -> None:
        drop = data.draw(st.sampled_from(self.drops))
        with _quietly():
            self.world.put_back(drop)

    @rule(seconds=st.sampled_from([1, 59, 61, 125, 700, 3700, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.cloud.wait(seconds)

    @invariant()
    def nobody_who_looks_at_markers_alone_misses_a_drop(self) -> None:
        if hasattr(self, "world") and not self.asleep:
            expect_markers(self.cloud)

    def teardown(self) -> None:
        """Whatever happened, all ends, and every promise was kept."""
        if not self.drops:
            return
        self._to_come.clear()
        self._lost = None
        with _quietly():
            for process in self.asleep:
                while not process.done:
                    process.go()
            self.cloud.faults.on_call = lambda _: None
            self._mend()
            self.world.until_quiet()
            self.world.again()
        check(self.cloud, self.drops, mishaps=True)

    def _mend(self) -> None:
        """End what would last until somebody acts."""
        # What is held for a route that is switched off is held until it is on.
        routes = self.cloud.settings.routes_json.replace("false", "true")
        self.cloud.change(**_SETTINGS, routes=routes)
        self.cloud.batches.hidden.clear()
        self.cloud.batches.poisoned.clear()
        for _ in range(_ROUNDS):
            self.world.tick()
            self.cloud.wait(self.cloud.settings.hold_max_seconds + 1)
            for drop in self.drops:
                self.world.put_back(drop)

    def _google(self) -> datetime:
        return self.cloud.now() + timedelta(seconds=self.behind)

    def _losable(self) -> list[Drop]:
        archive = self.cloud.objects.archive
        return [
            drop
            for drop in self.world.pending
            if (drop.bucket, drop.name, drop.generation) in archive
        ]

    def _before_call(self, call: str) -> None:
        for process in self.asleep:
            if process.is_running():
                process.wait_for_turn(call)

    def _befalls(self, call: str) -> Mishap | None:
        if call == "batches.create" and self._lost:
            lost, self._lost = self._lost, None
            return lost
        # The call that is made has been counted.
        due = [each for each in self._to_come if each[0] < len(self.world.calls)]
        if not due:
            return None
        self._to_come.remove(due[0])
        mishaps = mishaps_of(call)
        return mishaps[due[0][1] % len(mishaps)]


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()):
        yield
