"""
The front with faults: what befalls Pub/Sub's calls and streams.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from localcloud.faults.faults import Faults
from localcloud.faults.playing import play
from localcloud.faults.rules import Call, FaultError, Rule
from localcloud.permits import Permits
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.faults.rules import (
    ACKNOWLEDGE,
    SERVICE,
    STREAMING_PULL,
    PubsubFault,
    refused,
)
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.front import (
    Front,
    any_project,
)
from localcloud.pubsub.service.permissions import resource_of
from localcloud.pubsub.wire import Empty, Reply, Request, StreamingPullResponse

_UNAVAILABLE = FaultError(code="UNAVAILABLE")


class FaultyFront(Front):
    """
    A front whose calls and streams meet the faults that rules have for them.
    """

    def __init__(
        self,
        broker: Broker,
        faults: Faults,
        *,
        token_fault: Callable[[str], str],
        permits: Permits,
        has_project: Callable[[str], bool] = any_project,
    ) -> None:
        super().__init__(
            broker, token_fault=token_fault, permits=permits, has_project=has_project
        )
        self._faults = faults

    async def call(
        self, service: str, method: str, request: Request, account: str
    ) -> Reply:
        if not self._faults.concern(SERVICE):
            return await super().call(service, method, request, account)
        resource = resource_of(request)
        rule = self._faults.befalling(
            Call(service=SERVICE, method=method, resource=resource)
        )
        take = super().call

        async def effect() -> Reply:
            if method == ACKNOWLEDGE and _loses_acks(rule):
                return Empty()
            return await take(service, method, request, account)

        return await play(
            rule, effect, lambda error: refused(error, resource), refusals=RefusedError
        )

    async def streaming_pull(
        self,
        requests: AsyncIterator[Request],
        write: Callable[[Reply], Awaitable[None]],
        account: str,
    ) -> None:
        if not self._faults.concern(SERVICE):
            await super().streaming_pull(requests, write, account)
            return
        first = await anext(requests, None)
        if first is None:
            return
        resource = resource_of(first)
        rule = self._faults.befalling(
            Call(service=SERVICE, method=STREAMING_PULL, resource=resource)
        )
        taken = _taken(first, requests, loses_acks=_loses_acks(rule))
        written = write
        opening = rule
        if isinstance(rule, PubsubFault) and rule.end_after_messages is not None:
            error = rule.error or _UNAVAILABLE
            written = _ending(write, rule.end_after_messages, refused(error, resource))
            opening = None
        pull = super().streaming_pull

        async def effect() -> None:
            await pull(taken, written, account)

        await play(opening, effect, lambda error: refused(error, resource))


def _loses_acks(rule: Rule | None) -> bool:
    return isinstance(rule, PubsubFault) and rule.lose_acks


async def _taken(
    first: Request, rest: AsyncIterator[Request], *, loses_acks: bool
) -> AsyncIterator[Request]:
    if loses_acks:
        first.ClearField("ack_ids")
    yield first
    async for request in rest:
        # A request that is left with nothing in it would be a ping.
        if loses_acks and request.ack_ids:
            request.ClearField("ack_ids")
            if not request.ListFields():
                continue
        yield request


def _ending(
    write: Callable[[Reply], Awaitable[None]], messages: int, error: RefusedError
) -> Callable[[Reply], Awaitable[None]]:
    left = messages

    async def written(reply: Any) -> None:
        nonlocal left
        if len(reply.received_messages) < left:
            left -= len(reply.received_messages)
            await write(reply)
            return
        # What is cut off was leased: it comes again after its deadline, as what is
        # under way does when a real stream breaks.
        some = StreamingPullResponse()
        some.CopyFrom(reply)
        del some.received_messages[left:]
        await write(some)
        raise error

    return written
