"""
Which permission each call asks for, and what its caller is told without it.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from localcloud.door.access_tokens import token_for
from localcloud.grants import Grants, Right
from localcloud.permits import Permits
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.methods import (
    IAM,
    PUBLISHER,
    SERVICES,
    SUBSCRIBER,
    requests_of,
)
from localcloud.pubsub.service.permissions import NEEDS, STREAMING_PULL, needed
from localcloud.pubsub.wire import (
    CreateSnapshotRequest,
    DetachSubscriptionRequest,
    PublishRequest,
    PubsubMessage,
    Request,
    SeekRequest,
    StreamingPullRequest,
    Subscription,
)
from localcloud.pubsub.wire import TestIamPermissionsRequest as IamRequest
from tests.everybody import any_token, owners
from tests.hurried_loop import hurried
from tests.unit.pubsub.brokers import SUBSCRIPTION, TOPIC, Bench
from tests.unit.pubsub.fault_stage import Stream

ACCOUNT = "dropbatch-poll-jobs@unit.iam.gserviceaccount.com"
PUBLISH = "pubsub.topics.publish"
CONSUME = ("pubsub.subscriptions.consume", SUBSCRIPTION)
SNAPSHOT = "projects/unit/snapshots/s"


@pytest.fixture
def permits() -> Permits:
    rights = frozenset({Right(ACCOUNT, PUBLISH, TOPIC)})
    return Permits(Grants(accounts=frozenset({ACCOUNT}), rights=rights))


@pytest.fixture
def front(bench: Bench, permits: Permits) -> Front:
    return Front(bench.broker, token_fault=any_token, permits=permits)


def refused(front: Front, service: str, method: str, request: Request) -> None:
    with pytest.raises(RefusedError) as error:
        asyncio.run(front.call(service, method, request, ACCOUNT))
    assert error.value.code == "PERMISSION_DENIED"
    assert error.value.message == "User not authorized to perform this action."


def asked_for(method: str, request: Request) -> list[tuple[str, str]]:
    return list(needed(SUBSCRIBER, method, request, topic_of=str))


def grant_to_detach(permits: Permits, place: str) -> None:
    permits.grants = Grants(
        accounts=frozenset({ACCOUNT}),
        rights=frozenset({Right(ACCOUNT, "pubsub.topics.detachSubscription", place)}),
        project=place,
    )


def test_every_call_has_its_permissions() -> None:
    assert set(NEEDS) == set(SERVICES)
    for service in SERVICES:
        calls = set(requests_of(service))
        streams = {STREAMING_PULL} if service == SUBSCRIBER else set()
        assert set(NEEDS[service]) == calls | streams, service
    without = [
        method for calls in NEEDS.values() for method, need in calls.items() if not need
    ]
    assert without == ["TestIamPermissions"]


def test_what_was_granted_is_done_and_nothing_else(
    front: Front, permits: Permits
) -> None:
    message = PubsubMessage(data=b"x")
    asked = PublishRequest(topic=TOPIC, messages=[message])
    assert asyncio.run(front.call(PUBLISHER, "Publish", asked, ACCOUNT)).message_ids

    other = PublishRequest(topic=f"{TOPIC}2", messages=[message])
    refused(front, PUBLISHER, "Publish", other)
    for service in SERVICES:
        for method, request in requests_of(service).items():
            if method not in ("Publish", "TestIamPermissions"):
                refused(front, service, method, request())
    assert permits.allowed == {Right(ACCOUNT, PUBLISH, TOPIC)}


def test_a_stream_is_asked_for_its_subscription(front: Front, permits: Permits) -> None:
    async def requests() -> AsyncIterator[Request]:
        yield StreamingPullRequest(
            subscription=SUBSCRIPTION, stream_ack_deadline_seconds=10
        )

    async def write(reply: object) -> None:
        raise AssertionError(reply)

    with pytest.raises(RefusedError, match="User not authorized"):
        asyncio.run(front.streaming_pull(requests(), write, ACCOUNT))
    consume = Right(ACCOUNT, "pubsub.subscriptions.consume", SUBSCRIPTION)
    assert permits.refused == {consume}


@pytest.mark.parametrize("at", ["a message", "a request"])
def test_a_stream_ends_with_its_grant(
    bench: Bench, front: Front, permits: Permits, at: str
) -> None:
    """
    What is due then is given to nobody, and what is acknowledged then is not.
    """
    granted = Grants(
        accounts=frozenset({ACCOUNT}), rights=frozenset({Right(ACCOUNT, *CONSUME)})
    )

    async def play() -> None:
        stream = Stream()
        stream.open()
        serving = asyncio.ensure_future(
            front.streaming_pull(stream.requests(), stream.write, ACCOUNT)
        )
        (first,) = await stream.messages()
        permits.grants = Grants(accounts=frozenset({ACCOUNT}))
        if at == "a message":
            bench.publish(b"second")
        else:
            stream.send(ack_ids=[first.ack_id])
        with pytest.raises(RefusedError, match="User not authorized"):
            await serving
        assert stream.is_silent()

    permits.grants = granted
    bench.publish(b"first")
    hurried(play())

    assert bench.data() == ([b"second"] if at == "a message" else [])
    bench.clock.move(seconds=11)
    assert b"first" in bench.data()


@pytest.mark.parametrize(
    ("place", "allowed"),
    [(TOPIC, True), ("projects/unit", True), (SUBSCRIPTION, False)],
)
def test_detaching_is_asked_of_the_topic(
    front: Front, permits: Permits, place: str, *, allowed: bool
) -> None:
    """
    Whose topic it is may do it, whoever has the subscription.
    """
    grant_to_detach(permits, place)
    asked = DetachSubscriptionRequest(subscription=SUBSCRIPTION)
    if not allowed:
        refused(front, PUBLISHER, "DetachSubscription", asked)
    else:
        asyncio.run(front.call(PUBLISHER, "DetachSubscription", asked, ACCOUNT))
    detached = front.broker.subscriptions.find(SUBSCRIPTION).subscription.detached
    assert detached == allowed


def test_what_hangs_on_no_topic_is_its_projects_to_detach(
    front: Front, permits: Permits
) -> None:
    front.broker.delete_topic(TOPIC)
    orphan = DetachSubscriptionRequest(subscription=SUBSCRIPTION)
    missing = DetachSubscriptionRequest(subscription="projects/unit/subscriptions/none")
    for place in (TOPIC, "projects/other"):
        grant_to_detach(permits, place)
        refused(front, PUBLISHER, "DetachSubscription", orphan)
        refused(front, PUBLISHER, "DetachSubscription", missing)

    grant_to_detach(permits, "projects/unit")
    asyncio.run(front.call(PUBLISHER, "DetachSubscription", orphan, ACCOUNT))
    with pytest.raises(RefusedError, match="Resource not found"):
        asyncio.run(front.call(PUBLISHER, "DetachSubscription", missing, ACCOUNT))


def test_a_subscription_is_made_in_a_project_and_on_a_topic() -> None:
    asked = Subscription(name=SUBSCRIPTION, topic=TOPIC)

    assert asked_for("CreateSubscription", asked) == [
        ("pubsub.subscriptions.create", "projects/unit"),
        ("pubsub.topics.attachSubscription", TOPIC),
    ]


def test_a_snapshot_is_made_of_what_may_be_consumed() -> None:
    asked = CreateSnapshotRequest(name=SNAPSHOT, subscription=SUBSCRIPTION)

    assert asked_for("CreateSnapshot", asked) == [
        ("pubsub.snapshots.create", "projects/unit"),
        CONSUME,
    ]


def test_seeking_to_a_snapshot_is_asked_of_the_snapshot_as_well() -> None:
    to_snapshot = SeekRequest(subscription=SUBSCRIPTION, snapshot=SNAPSHOT)
    to_time = SeekRequest(subscription=SUBSCRIPTION, time={"seconds": 1})

    seek = ("pubsub.snapshots.seek", SNAPSHOT)
    assert asked_for("Seek", to_snapshot) == [CONSUME, seek]
    assert asked_for("Seek", to_time) == [CONSUME]


def test_what_may_be_done_is_told(front: Front) -> None:
    asked = IamRequest(resource=TOPIC, permissions=[PUBLISH, "pubsub.topics.get"])

    mine = asyncio.run(front.call(IAM, "TestIamPermissions", asked, ACCOUNT))
    owners = asyncio.run(front.call(IAM, "TestIamPermissions", asked, "somebody@else"))

    assert list(mine.permissions) == [PUBLISH]
    assert list(owners.permissions) == [PUBLISH, "pubsub.topics.get"]


def test_who_is_let_in_is_told(bench: Bench) -> None:
    front = Front(bench.broker, token_fault=any_token, permits=owners())
    bearer = f"Bearer {token_for(ACCOUNT)}"
    assert front.admit(PUBLISHER, "Publish", bearer) == ACCOUNT
