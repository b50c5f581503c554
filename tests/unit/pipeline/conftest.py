"""
A function that remembers how it was called, an outbox in memory, and a time limit.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import web

from localcloud.storage.disk.outbox import EventType, StorageEvent

LIMIT_SECONDS = 30

Result = TypeVar("Result")


def within_limit(work: Coroutine[Any, Any, Result]) -> Result:
    """
    Run a test's coroutine, not for ever.
    """
    return asyncio.run(asyncio.wait_for(work, LIMIT_SECONDS))


async def until(claim: Callable[[], object]) -> None:
    """
    Wait until a claim is true.
    """
    async with asyncio.timeout(LIMIT_SECONDS):
        while not claim():  # noqa: ASYNC110  # claims are about anything
            await asyncio.sleep(0.01)


@dataclass(frozen=True, kw_only=True)
class Call:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["ce-id"]


Behaviour = Callable[[Call], Awaitable[int]]


async def fine(call: Call) -> int:
    return 200


@dataclass(kw_only=True)
class Receiver:
    """
    A function that answers as it is told.
    """

    behaviour: Behaviour = fine
    calls: list[Call] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answered: int = 0
    active: int = 0
    most_active: int = 0
    url: str | None = None
    asked_where: int = 0

    def where(self) -> str | None:
        self.asked_where += 1
        return self.url

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(headers=headers, body=await request.read())
        self.calls.append(call)
        self.paths.append(request.raw_path)
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            return web.Response(status=await self.behaviour(call))
        finally:
            self.active -= 1
            self.answered += 1

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Receiver"]:
        server = web.Server(self.handle, access_log=None)
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(server, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        try:
            yield self
        finally:
            self.url = None
            listening.close()
            await server.shutdown(0.1)


@dataclass(kw_only=True)
class MemoryOutbox:
    """
    An outbox that outlives the bridge, as the one on disk does.
    """

    waiting: dict[int, StorageEvent] = field(default_factory=dict)
    known: int = 0

    def add(
        self,
        name: str,
        *,
        bucket: str = "inbox",
        kind: EventType = EventType.FINALIZED,
        time: datetime | None = None,
    ) -> StorageEvent:
        self.known += 1
        moment = (time or datetime.now(UTC)).isoformat(timespec="milliseconds")
        event = StorageEvent(
            id=self.known,
            type=kind,
            bucket=bucket,
            time=moment.replace("+00:00", "Z"),
            resource={"name": name, "bucket": bucket, "generation": "1", "size": "2"},
        )
        self.waiting[event.id] = event
        return event

    def events(self, after: int, limit: int) -> list[StorageEvent]:
        later = (event for event in self.waiting.values() if event.id > after)
        return sorted(later, key=lambda event: event.id)[:limit]

    def forget_event(self, event_id: int) -> None:
        del self.waiting[event_id]
