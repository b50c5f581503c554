"""
One push subscription at work: each message a request to its endpoint.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

import aiohttp

from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.delivery.feed import Feed
from localcloud.pubsub.push.envelope import envelope
from localcloud.pubsub.push.window import Window
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.waiting import Waiting
from localcloud.pubsub.wire import MessagePb

_logger = logging.getLogger(__name__)

TokenFor = Callable[[str, str], str]
"""
Makes an identity token of an account for an audience.
"""

# https://cloud.google.com/pubsub/docs/push#receive_push
_SUCCESS = frozenset({102, 200, 201, 202, 204})
# What may be out at once, whatever the window says: a message of 10 MB takes more than
# twice that as a request.
_MOST_BYTES = 32 << 20
# Nobody looks at what an endpoint says, but a short answer that was read leaves its
# connection to the next request.
_READ_BYTES = 64 << 10
# The request ends first, so that its failure is told as what it was.
_MARGIN_SECONDS = 5


class Pusher:
    """
    Delivers one feed's messages until the feed is closed or pushes no more.

    An answer with a code of success acknowledges; any other, or none within the ack
    deadline, gives the message back. Of an ordering key one message is out at a time.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        session: aiohttp.ClientSession,
        token_for: TokenFor,
        now: Callable[[], datetime],
    ) -> None:
        self._feed = feed
        self._session = session
        self._token_for = token_for
        self._now = now
        self._window = Window()
        self._bytes = 0
        self._deliveries: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """
        Requests that are out when this ends are answered for all the same, unless
        this was cancelled: then they are broken off.
        """
        try:
            with Waiting(self._feed, now=self._now) as waiting:
                await self._deliver_all(waiting)
            while self._deliveries:
                await asyncio.wait(self._deliveries)
        except RefusedError:
            return  # the subscription is gone, or the cloud is closing
        finally:
            for task in tuple(self._deliveries):
                task.cancel()
            await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _deliver_all(self, waiting: Waiting) -> None:
        while self._feed.is_pushed:
            rest = self._window.closed_until - self._seconds()
            if rest > 0:
                await waiting.for_ring(seconds=rest)
            elif self._is_full:
                await waiting.for_ring()
            elif not self._deliver_next(waiting):
                await waiting.for_messages()

    @property
    def _is_full(self) -> bool:
        return len(self._deliveries) >= self._window.size or self._bytes >= _MOST_BYTES

    def _deliver_next(self, waiting: Waiting) -> bool:
        # A holder of its own for each: what follows with the same ordering key waits
        # until this one is done with.
        leased = self._feed.lease(
            holder=Holder(on_room=waiting.ring),
            limit=1,
            seconds=self._feed.terms.ack_deadline_seconds + _MARGIN_SECONDS,
        )
        for received in leased:
            task = asyncio.create_task(self._deliver(received))
            self._deliveries.add(task)
            self._bytes += received.ByteSize()
            task.add_done_callback(partial(self._over, received.ByteSize()))
            task.add_done_callback(lambda _: waiting.ring())
        return bool(leased)

    def _over(self, size: int, task: "asyncio.Task[None]") -> None:
        self._deliveries.discard(task)
        self._bytes -= size

    async def _deliver(self, received: MessagePb) -> None:
        failure = await self._attempt(received)
        try:
            if failure is None:
                self._window.succeeded()
                self._feed.acknowledge([received.ack_id])
            else:
                self._window.failed(self._seconds())
                _logger.info("not delivered to %s: %s", *self._told(failure))
                self._feed.modify([(received.ack_id, 0)])
        except RefusedError:
            pass  # deleted meanwhile

    async def _attempt(self, received: MessagePb) -> str | None:
        """
        None if it was taken, and why not otherwise.
        """
        subscription = self._feed.subscription
        config = subscription.push_config
        sent = envelope(received, subscription)
        headers = dict(sent.headers)
        if config.HasField("oidc_token"):
            oidc = config.oidc_token
            audience = oidc.audience or config.push_endpoint
            token = self._token_for(oidc.service_account_email, audience)
            headers["Authorization"] = f"Bearer {token}"
        timeout = self._feed.terms.ack_deadline_seconds
        try:
            async with self._session.post(
                config.push_endpoint,
                data=sent.body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as answer:
                await _skim(answer)
                if answer.status in _SUCCESS:
                    return None
                return f"the endpoint answered {answer.status}"
        except TimeoutError:
            return f"no answer within {timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return f"the endpoint can't be reached: {error!r}"

    def _told(self, failure: str) -> tuple[str, str]:
        return self._feed.subscription.push_config.push_endpoint, failure

    def _seconds(self) -> float:
        return self._now().timestamp()


async def _skim(answer: aiohttp.ClientResponse) -> None:
    rest = _READ_BYTES
    while rest > 0 and (chunk := await answer.content.read(rest)):
        rest -= len(chunk)
