"""
google.pubsub.v1.Subscriber: each unary call a function from request to reply.

The names are the calls' own in snake case. Nothing here knows gRPC. Pull alone is
asynchronous, since it waits; StreamingPull is in `streaming_pull.py`.
"""

import asyncio
from datetime import UTC

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.delivery.feed import Feed
from localcloud.pubsub.refusals import invalid, stale_ack_ids, unimplemented
from localcloud.pubsub.resources.names import check_project
from localcloud.pubsub.resources.subscriptions import check_ack_deadline
from localcloud.pubsub.service.paging import page
from localcloud.pubsub.service.waiting import Waiting
from localcloud.pubsub.wire import (
    Empty,
    ListSubscriptionsResponse,
    PullResponse,
    Reply,
    Request,
    SeekResponse,
    Subscription,
)

_MOST_PULLED = 1_000


class Subscriber:
    """
    What subscribers and administrators of subscriptions call.

    A pull that finds nothing is answered after `pull_wait_seconds`. The service
    says only that it waits for a bounded time.
    """

    def __init__(self, broker: Broker, *, pull_wait_seconds: float = 90) -> None:
        self._broker = broker
        self._pull_wait_seconds = pull_wait_seconds

    def create_subscription(self, request: Request) -> Reply:
        return self._broker.shown(self._broker.create_subscription(request))

    def get_subscription(self, request: Request) -> Reply:
        return self._broker.shown(self._feed(request).subscription)

    def update_subscription(self, request: Request) -> Reply:
        return self._broker.shown(
            self._broker.update_subscription(
                request.subscription, request.update_mask.paths
            )
        )

    def list_subscriptions(self, request: Request) -> Reply:
        subscriptions, token = page(
            self._broker.subscriptions.of_project(check_project(request.project)),
            name=lambda subscription: str(subscription.name),
            size=request.page_size,
            token=request.page_token,
        )
        return ListSubscriptionsResponse(
            subscriptions=[self._broker.shown(each) for each in subscriptions],
            next_page_token=token,
        )

    def delete_subscription(self, request: Request) -> Reply:
        self._broker.subscriptions.delete(request.subscription)
        return Empty()

    def modify_push_config(self, request: Request) -> Reply:
        given = Subscription(name=request.subscription, push_config=request.push_config)
        self._broker.update_subscription(given, ["push_config"])
        return Empty()

    def acknowledge(self, request: Request) -> Reply:
        feed = self._feed(request)
        _check_ack_ids(request)
        _refuse_stale(feed, feed.acknowledge(request.ack_ids))
        return Empty()

    def modify_ack_deadline(self, request: Request) -> Reply:
        feed = self._feed(request)
        _check_ack_ids(request)
        seconds = check_ack_deadline(request.ack_deadline_seconds, least=0)
        stale = feed.modify([(ack_id, seconds) for ack_id in request.ack_ids])
        _refuse_stale(feed, stale)
        return Empty()

    async def pull(self, request: Request) -> Reply:
        feed = self._feed(request)
        feed.check_pulled()
        if request.max_messages < 1:
            raise invalid(
                "You have passed an invalid argument to the service "
                "(argument=max_messages)."
            )
        wait = 0 if request.return_immediately else self._pull_wait_seconds
        end = asyncio.get_running_loop().time() + wait
        limit = min(request.max_messages, _MOST_PULLED)
        with Waiting(feed, now=self._broker.now) as waiting:
            # A holder of its own for each pull: with an ordering key, whoever pulls
            # next gets nothing of it before this batch is done with.
            holder = Holder(on_room=waiting.ring)
            while not (messages := feed.lease(holder=holder, limit=limit)):
                if not await waiting.for_messages(until=end):
                    break
                feed.check_pulled()
        return PullResponse(received_messages=messages)

    def seek(self, request: Request) -> Reply:
        if request.WhichOneof("target") != "time":
            raise unimplemented("snapshots")
        self._broker.seek(request.subscription, request.time.ToDatetime(tzinfo=UTC))
        return SeekResponse()

    def _feed(self, request: Request) -> Feed:
        return self._broker.subscriptions.find(request.subscription)


def _check_ack_ids(request: Request) -> None:
    if not request.ack_ids:
        raise invalid("You have not specified an ack ID in the request.")


def _refuse_stale(feed: Feed, stale: list[str]) -> None:
    # Without exactly-once delivery a late acknowledgement is answered with OK.
    if stale and feed.terms.exactly_once:
        raise stale_ack_ids(stale)
