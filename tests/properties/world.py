"""
A deployment on the fakes, driven as Google drives it: events come again until they
are answered with success, ticks come whatever the last one did, jobs end.

What is run are the functions themselves, unmodified.
"""

import contextlib
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

import flask

from functions.poll_jobs import BACKSTOP, poll_jobs
from functions.submit_job import submit_job
from shared import wiring
from shared.drops import Drop
from shared.jobs import JobState
from shared.ledger import record_name
from shared.records import State
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import event_of, requeue
from tests.properties.befalling import Mishap, Script, goes_on
from tests.properties.holding import (
    Broken,
    check,
    expect_markers,
    record_of,
    second_jobs,
    watch,
)

# The pause after a round: four times the last one where nothing goes on. Time has to
# pass for leases and holds, then for settling and the sweep, and at last for caps.
_SHORTEST, _LONGEST = 60, 6 * 3600
_TICK = flask.Request({"REQUEST_METHOD": "POST"})
_SWEEP = flask.Request({"REQUEST_METHOD": "POST", "PATH_INFO": BACKSTOP})


class NeverQuietError(AssertionError):
    """Something is still open after hours."""


@dataclass
class World:
    """
    One run: a cloud, the events that have not been answered with success, and the
    drops whose event never comes: looks at the inbox alone find those. Jobs take
    `job_seconds`; `twins`: how the others end where a drop may get more than one, since
    `List` lags or a process wakes up late. `lines` is what was logged. `redelivers`: an
    event comes again until it is answered with success, else only until anything is
    written, and then polls alone must end its drop. `to_put_back`: what an operator
    puts back, as often as it is set aside. `by_events`: the calls that events made.
    `on_round` is called before events are brought. `seen_twice`: how many polls could
    have cancelled a second job; `pause`: how long until the next round, in seconds.
    """

    # How many rounds there may be until all is quiet.
    MOST_ROUNDS: ClassVar[int] = 200

    cloud: FakeCloud
    pending: list[Drop] = field(default_factory=list)
    answered: list[Drop] = field(default_factory=list)
    unheard: list[Drop] = field(default_factory=list)
    job_seconds: float = 0
    twins: frozenset[JobState] = frozenset()
    lines: io.StringIO = field(default_factory=io.StringIO)
    redelivers: bool = False
    to_put_back: set[Drop] = field(default_factory=set)
    by_events: set[int] = field(default_factory=set)
    seen_twice: Counter[str] = field(default_factory=Counter)
    on_round: Callable[[], None] = lambda: None
    pause: int = _SHORTEST

    @classmethod
    def with_mishaps(cls, mishaps: Mapping[int, Mishap]) -> Self:
        cloud = FakeCloud(Script(mishaps=mishaps))
        watch(cloud)
        # Half of what the settling time allows for.
        cloud.batches.lag_seconds = cloud.settings.settle_seconds / 2
        return cls(cloud)

    @property
    def calls(self) -> list[str]:
        return self.cloud.faults.calls

    def drop(self, content: bytes, name: str = "in/a.jsonl") -> Drop:
        dropped = self.cloud.drop(content, name)
        self.pending.append(dropped)
        return dropped

    def deliver(self) -> None:
        """Bring every event that is pending, once."""
        self.on_round()
        for event in list(self.pending):
            is_answered = self.bring(event)
            if is_answered or (not self.redelivers and self._is_written(event)):
                self.pending.remove(event)
                self.answered.append(event)

    def bring(self, drop: Drop) -> bool:
        """Bring one event; whether it was answered with success."""
        before = len(self.calls)
        with self._wired():
            try:
                submit_job(event_of(drop))
            except (Exception, Crash):  # noqa: BLE001  # answered 500, or not at all
                return False
            finally:
                self.by_events.update(range(before, len(self.calls)))
                expect_markers(self.cloud)
        if not self._is_written(drop):
            raise Broken(f"success was said of {drop.name}, and nothing is written")
        return True

    def tick(self) -> None:
        """Let Cloud Scheduler call once."""
        before, befell = len(self.calls), self.cloud.faults.befell
        others = second_jobs(self.cloud)
        with self._wired(), contextlib.suppress(Exception, Crash):
            poll_jobs(_TICK)
        expect_markers(self.cloud)
        listed = "batches.active" in self.calls[before:]
        if listed and self.cloud.faults.befell == befell:
            self._expect_cancelled(others)

    def wake_up_late(self) -> None:
        """Have processes that slept make each job once more."""
        self.cloud.batches.make_again()

    def lose(self, drop: Drop) -> None:
        """Let the drop's event be lost, for ever."""
        self.pending.remove(drop)
        self.unheard.append(drop)

    def hear_of(self, name: str) -> None:
        """Have the lost events of files of that name come after all."""
        told = [each for each in self.unheard if each.name == name]
        self.unheard = [each for each in self.unheard if each.name != name]
        self.pending.extend(told)

    def look_at_inbox(self) -> None:
        """Let Cloud Scheduler ask for a look at the inbox."""
        with self._wired(), contextlib.suppress(Exception, Crash):
            poll_jobs(_SWEEP)
        expect_markers(self.cloud)
        self.unheard = [each for each in self.unheard if not self._is_written(each)]

    def lose_marker(self, drop: Drop) -> None:
        """Have the marker of a drop that is set aside removed by hand."""
        if self._is_set_aside(drop):
            for marker in self.cloud.open():
                self.cloud.objects.remove("state", marker)

    def put_back(self, drop: Drop) -> None:
        """
        Have an operator ask for it, three times at most; and later again, should the
        drop be set aside once more.
        """
        self.to_put_back.add(drop)
        for _ in range(3):
            with contextlib.suppress(Exception, Crash):
                requeue(self.cloud, drop.drop_id)
                return
            # Whoever publishes that it is late has a lease, and may have died.
            self.cloud.wait(self.cloud.settings.publish_lease_seconds)

    def until_quiet(self) -> None:
        """
        Go on until no event is pending, no drop is open, and none is left that only a
        look at the inbox can find.
        """
        self.pause = _SHORTEST
        for _ in range(self.MOST_ROUNDS):
            before, befell = len(self.calls), self.cloud.faults.befell
            self.deliver()
            if self.unheard:
                self.look_at_inbox()
            self.tick()
            if not self.pending and not self.unheard and not self.cloud.open():
                return
            self.cloud.batches.finish(after_seconds=self.job_seconds)
            went_on = any(map(goes_on, self.calls[before:]))
            if went_on or self.cloud.faults.befell > befell:
                self.pause = _SHORTEST
            elif self.pause < _LONGEST:
                self.pause = min(4 * self.pause, _LONGEST)
            else:
                for drop in filter(self._is_set_aside, self.to_put_back):
                    self.put_back(drop)
            self.cloud.wait(self.pause)
        raise NeverQuietError(f"open: {self.cloud.open()}, pending: {self.pending}")

    def again(self) -> None:
        """Bring every event that was answered once more, a day later."""
        self.cloud.wait(86_400)
        self.pending = [*self.pending, *self.answered]
        self.answered = []
        self.until_quiet()

    def check(
        self, drops: list[Drop], *, mishaps: bool, repeats: bool = True
    ) -> Mapping[str, str]:
        """Assert what is promised of every drop; return how each ended."""
        return check(
            self.cloud,
            drops,
            twins=self.twins,
            lines=self.lines.getvalue(),
            mishaps=mishaps,
            repeats=repeats,
        )

    def _expect_cancelled(self, others: list[str]) -> None:
        """
        Of the second jobs that a poll could see, none may outlast two polls that look
        and to which nothing happens.
        """
        self.seen_twice.update(others)
        if any(self.seen_twice[name] > 1 for name in second_jobs(self.cloud)):
            raise Broken(f"not cancelled within two polls: {self.seen_twice}")

    def knows_job(self, drop: Drop) -> bool:
        """Whether the drop's record names its job."""
        is_claimed = record_name(drop.drop_id) in self.cloud.objects.names("state")
        return is_claimed and bool(record_of(self.cloud, drop.drop_id).job_name)

    def _is_set_aside(self, drop: Drop) -> bool:
        return record_of(self.cloud, drop.drop_id).state is State.SET_ASIDE

    def _is_written(self, drop: Drop) -> bool:
        name = record_name(drop.drop_id)
        return name in self.cloud.objects.names("state") or any(
            marker.endswith(drop.drop_id) for marker in self.cloud.open()
        )

    @contextlib.contextmanager
    def _wired(self) -> Iterator[None]:
        kept = wiring.submission, wiring.polling, wiring.backstop
        cloud = self.cloud
        wiring.submission, wiring.polling = cloud.submission, cloud.polling
        wiring.backstop = cloud.backstop
        try:
            yield
        finally:
            wiring.submission, wiring.polling, wiring.backstop = kept
