"""
StreamingPull: messages out, acknowledgements in, for as long as both sides live.

https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1#streamingpullrequest
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.delivery.feed import Feed
from localcloud.pubsub.refusals import invalid
from localcloud.pubsub.resources.subscriptions import check_ack_deadline
from localcloud.pubsub.service.first_of import first_of
from localcloud.pubsub.service.waiting import Waiting
from localcloud.pubsub.wire import MessagePb, Reply, Request, StreamingPullResponse

# Small enough that several streams on one subscription share a burst.
_BATCH = 100
_FIRST_ONLY = (
    "subscription",
    "client_id",
    "max_outstanding_messages",
    "max_outstanding_bytes",
    "protocol_version",
)


async def streaming_pull(
    broker: Broker,
    requests: AsyncIterator[Request],
    write: Callable[[Reply], Awaitable[None]],
    permit: Callable[[Request], None],
) -> None:
    """
    Serve one stream until its client has no more to say, or has done wrong.

    `permit` raises if the stream that a request begins is not allowed. It is asked at
    the begin, and again of each later request and each time messages are due. What the
    client holds when the stream ends stays its own until the deadline.
    """
    first = await anext(requests, None)
    if first is None:
        return
    feed = _feed_for(broker, first, permit)
    with Waiting(feed, now=broker.now) as waiting:
        stream = _Stream(feed, first, waiting, write, partial(permit, first))
        await first_of(stream.listen(requests), stream.deliver())


class _Stream:
    def __init__(
        self,
        feed: Feed,
        first: Request,
        waiting: Waiting,
        write: Callable[[Reply], Awaitable[None]],
        check_permitted: Callable[[], None],
    ) -> None:
        self._feed = feed
        self._waiting = waiting
        self._write = write
        self._check_permitted = check_permitted
        self._deadline_seconds = first.stream_ack_deadline_seconds
        self._answers_pings = first.protocol_version >= 1
        self._answers: deque[Reply] = deque()
        self._holder = Holder(
            max_messages=first.max_outstanding_messages,
            max_bytes=first.max_outstanding_bytes,
            on_room=waiting.ring,
        )
        self._take_acknowledgements(first)

    async def listen(self, requests: AsyncIterator[Request]) -> None:
        async for request in requests:
            self._check_permitted()
            if any(getattr(request, field) for field in _FIRST_ONLY):
                raise invalid(
                    f"{', '.join(_FIRST_ONLY)} may only be set in the first request "
                    "of a stream."
                )
            if request.stream_ack_deadline_seconds:
                self._deadline_seconds = check_ack_deadline(
                    request.stream_ack_deadline_seconds, least=10
                )
            self._take_acknowledgements(request)
            # Java's client restarts a stream whose server leaves a ping unanswered
            # (KEEP_ALIVE_SUPPORT_VERSION in its StreamingSubscriberConnection).
            if self._answers_pings and not request.ListFields():
                self._answer(self._reply())

    async def deliver(self) -> None:
        while True:
            while self._answers:
                await self._write(self._answers.popleft())
            self._feed.check_pulled()
            self._check_permitted()
            messages = self._feed.lease(
                holder=self._holder, limit=_BATCH, seconds=self._deadline_seconds
            )
            if messages:
                await self._write(self._reply(messages))
            elif not self._answers:
                await self._waiting.for_messages()

    def _take_acknowledgements(self, request: Request) -> None:
        ids, seconds = request.modify_deadline_ack_ids, request.modify_deadline_seconds
        if len(ids) != len(seconds):
            raise invalid(
                "modify_deadline_ack_ids and modify_deadline_seconds must have the "
                "same size."
            )
        for each in seconds:
            check_ack_deadline(each, least=0)
        reply = self._reply()
        if request.ack_ids:
            stale = self._feed.acknowledge(request.ack_ids)
            _sort(reply.acknowledge_confirmation, request.ack_ids, stale)
        if ids:
            stale = self._feed.modify(list(zip(ids, seconds, strict=True)))
            _sort(reply.modify_ack_deadline_confirmation, ids, stale)
        if self._feed.terms.exactly_once and (request.ack_ids or ids):
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        self._answers.append(reply)
        self._waiting.ring()

    def _reply(self, messages: list[MessagePb] | None = None) -> Reply:
        reply = StreamingPullResponse(received_messages=messages or [])
        properties, terms = reply.subscription_properties, self._feed.terms
        properties.SetInParent()
        properties.exactly_once_delivery_enabled = terms.exactly_once
        properties.message_ordering_enabled = terms.ordered
        return reply


def _feed_for(
    broker: Broker, first: Request, permit: Callable[[Request], None]
) -> Feed:
    if not first.subscription:
        raise invalid("The first request of a stream must set subscription.")
    permit(first)
    check_ack_deadline(first.stream_ack_deadline_seconds, least=10)
    feed = broker.subscriptions.find(first.subscription)
    feed.check_pulled()
    return feed


def _sort(confirmation: Reply, ack_ids: list[str], stale: list[str]) -> None:
    late = set(stale)
    confirmation.ack_ids.extend(each for each in ack_ids if each not in late)
    confirmation.invalid_ack_ids.extend(stale)
