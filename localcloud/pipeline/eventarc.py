"""
The bridge from storage events to a function: Eventarc, as far as one trigger goes.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp

from localcloud.pipeline import cloudevent
from localcloud.pipeline.delivery import DeliveryTerms, Disturbance
from localcloud.storage.disk.outbox import EventType, StorageEvent

_logger = logging.getLogger(__name__)

# https://cloud.google.com/eventarc/docs/access-control
RECEIVE_EVENT = "eventarc.events.receiveEvent"

_PAGE = 200
# More than these are left in the outbox until some are delivered.
_MAX_UNDELIVERED = 5000


class Outbox(Protocol):
    """
    Where events wait until they are delivered.
    """

    def events(self, after: int, limit: int) -> Sequence[StorageEvent]:
        """Return the oldest events with an id above `after`."""

    def forget_event(self, event_id: int) -> None:
        """Take an event out, for ever."""


class Bridge:
    """
    Delivers each finalize event of one bucket to one function, at least once.

    An event leaves the outbox when every one of its messages was answered with 2xx, or
    when it is older than the retention; so a restart repeats, and loses nothing but
    what the disturbance loses.
    Events of other kinds and buckets leave at once. `token` makes an identity token
    for an audience; `may_receive` says whether its account may have events at all.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        bucket: str,
        target: Callable[[], str | None],
        token: Callable[[str], str],
        may_receive: Callable[[], bool],
        terms: DeliveryTerms,
        disturbance: Disturbance,
    ) -> None:
        self.terms = terms
        self.on_disturbed: Callable[[str, str, Mapping[str, Any]], None] | None = None
        self._outbox = outbox
        self._bucket = bucket
        self._target = target
        self._token = token
        self._may_receive = may_receive
        self._news = asyncio.Event()
        self._seen = 0
        self._deliveries: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(terms.concurrency)
        self._main: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None
        # Of its own: how often deliveries fail must not shift what befalls events.
        self._jitter = random.Random(disturbance.seed)
        self.disturb(disturbance)

    def disturb(self, disturbance: Disturbance) -> None:
        """
        Let this befall the events that are read from now on.
        """
        self._disturbance = disturbance
        self._disturbed = 0

    def notify(self) -> None:
        """
        Say that the outbox has something new.
        """
        self._news.set()

    def start(self) -> None:
        """
        Begin to deliver, what was left over first.
        """
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=self.terms.ack_seconds),
        )
        self._news.set()
        self._main = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """
        Stop delivering; what is under way is given up and will be repeated.
        """
        tasks = [task for task in (self._main, *self._deliveries) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while len(self._deliveries) < _MAX_UNDELIVERED:
                page = list(self._outbox.events(self._seen, _PAGE))
                if not page:
                    break
                self._seen = page[-1].id
                self._take(page)

    def _take(self, page: Sequence[StorageEvent]) -> None:
        ordinals = {}
        for event in page:
            if event.type == EventType.FINALIZED and event.bucket == self._bucket:
                self._disturbed += 1
                ordinals[event.id] = self._disturbed
            else:
                self._outbox.forget_event(event.id)
        taken = [event for event in page if event.id in ordinals]
        if self._disturbance.shuffle:
            taken.sort(key=lambda event: self._disturbance.place(ordinals[event.id]))
            self._note_shuffled(taken)
        for event in taken:
            delays = self._disturbance.delays(ordinals[event.id])
            task = asyncio.get_running_loop().create_task(self._deliver(event, delays))
            self._deliveries.add(task)
            task.add_done_callback(self._delivered)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._deliveries.discard(task)
        # There may be room again for what was left in the outbox.
        self._news.set()
        if not task.cancelled() and (error := task.exception()):
            _logger.error("a delivery broke off: %r", error)

    async def _deliver(self, event: StorageEvent, delays: Sequence[float]) -> None:
        if len(delays) != 1 or any(delays):
            self._note(event, {"messages": len(delays), "delays_seconds": list(delays)})
        await asyncio.gather(
            *(self._send(event, copy, delay) for copy, delay in enumerate(delays))
        )
        self._outbox.forget_event(event.id)

    def _note_shuffled(self, page: Sequence[StorageEvent]) -> None:
        for place, event in enumerate(page):
            if len(page) > 1:
                self._note(event, {"place": place + 1, "among": len(page)})

    def _note(self, event: StorageEvent, happens: Mapping[str, Any]) -> None:
        if self.on_disturbed is not None:
            self.on_disturbed(event.bucket, event.resource["name"], happens)

    async def _send(self, event: StorageEvent, copy: int, delay: float) -> None:
        failures = 0
        while True:
            if delay:
                await asyncio.sleep(delay)
            failure = await self._attempt(event, copy)
            if failure is None:
                return
            failures += 1
            if _age(event) > self.terms.retention_seconds:
                _logger.error(
                    "dropped after %d attempts: the event of %s/%s, %s",
                    *(failures, event.bucket, event.resource["name"], failure),
                )
                return
            # Half to the whole of the time: those that failed together don't come
            # back together.
            delay = self.terms.backoff(failures) * self._jitter.uniform(0.5, 1.0)
            _logger.info(
                "the event of %s/%s again in %.1f s: %s",
                *(event.bucket, event.resource["name"], delay, failure),
            )

    async def _attempt(self, event: StorageEvent, copy: int) -> str | None:
        async with self._places:
            if not self._may_receive():
                return f"the trigger's account has no {RECEIVE_EVENT}"
            url = self._target()
            if url is None:
                return "the function is not served"
            assert self._session is not None
            headers = cloudevent.headers(event, copy)
            headers["Authorization"] = f"Bearer {self._token(url)}"
            try:
                async with self._session.post(
                    url,
                    data=cloudevent.body(event),
                    headers=headers,
                    allow_redirects=False,
                ) as answer:
                    with contextlib.suppress(aiohttp.ClientError):
                        await answer.read()
                    if 200 <= answer.status < 300:
                        return None
                    return f"the function answered {answer.status}"
            except TimeoutError:
                return f"no answer within {self.terms.ack_seconds:g} s"
            except (aiohttp.ClientError, OSError) as error:
                return f"the function can't be reached: {error}"


def _age(event: StorageEvent) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(event.time)).total_seconds()
