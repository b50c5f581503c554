"""
Push subscriptions: on our server and on Google's emulator.
"""

from base64 import b64decode
from collections.abc import Iterator

import pytest
from google.api_core.exceptions import InvalidArgument
from google.pubsub_v1.types import PushConfig

from tests.contract.pubsub_servers import PubSub
from tests.contract.push_endpoint import Endpoint, push_endpoint
from tests.running_cloud import wait_until

pytest_plugins = ["tests.contract.pubsub_fixtures"]

QUICKLY = {"minimum_backoff": {"seconds": 0}, "maximum_backoff": {"seconds": 1}}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with push_endpoint() as running:
        yield running


def test_a_message_is_pushed_in_its_envelope(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    topic = pubsub.topic()
    config = {"push_endpoint": f"{endpoint.url}/push?token=a%20b"}
    subscription = pubsub.subscription(topic, push_config=config)

    (sent,) = pubsub.publish(topic, {"data": b"\x00x", "attributes": {"a": "ü"}})

    (pushed,) = endpoint.wait_for(1)
    time = pushed.message["publishTime"]
    assert pushed.path == "/push?token=a%20b"
    assert pushed.headers["content-type"] == "application/json"
    assert "authorization" not in pushed.headers
    assert b64decode(pushed.message["data"]) == b"\x00x"
    assert pushed.wrapped == {
        "subscription": subscription,
        "message": {
            "data": pushed.message["data"],
            "attributes": {"a": "ü"},
            "messageId": sent,
            "message_id": sent,
            "publishTime": time,
            "publish_time": time,
        },
    }


def test_metadata_goes_into_headers_when_nothing_is_wrapped(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    topic = pubsub.topic()
    config = {"push_endpoint": endpoint.url, "no_wrapper": {"write_metadata": True}}
    subscription = pubsub.subscription(topic, push_config=config)

    (sent,) = pubsub.publish(topic, {"data": b"raw", "attributes": {"a": "b"}})

    (pushed,) = endpoint.wait_for(1)
    assert pushed.body == b"raw"
    assert pushed.headers["a"] == "b"
    assert pushed.headers["x-goog-pubsub-subscription-name"] == subscription
    assert pushed.headers["x-goog-pubsub-message-id"] == sent
    assert pushed.headers["x-goog-pubsub-publish-time"].endswith("Z")


def test_nothing_goes_into_headers_unless_it_is_to(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    topic = pubsub.topic()
    config = {"push_endpoint": endpoint.url, "no_wrapper": {}}
    pubsub.subscription(topic, push_config=config)

    pubsub.publish(topic, {"data": b"raw", "attributes": {"a": "b"}})

    (pushed,) = endpoint.wait_for(1)
    assert pushed.body == b"raw"
    assert not {name for name in pushed.headers if name.startswith("x-goog")} - {"a"}


def test_a_message_goes_again_until_it_is_taken(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    answers = iter([500, 404, 302, 200])
    endpoint.answer = lambda pushed: next(answers)
    topic = pubsub.topic()
    subscription = pubsub.subscription(
        topic, push_config={"push_endpoint": endpoint.url}, retry_policy=QUICKLY
    )

    pubsub.publish(topic, b"x")

    came = endpoint.wait_for(4)
    assert len({pushed.message["messageId"] for pushed in came}) == 1
    _pull_instead(pubsub, subscription)
    assert pubsub.is_drained(subscription)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_codes_of_success_acknowledge(
    pubsub: PubSub, endpoint: Endpoint, status: int
) -> None:
    endpoint.answer = lambda pushed: status
    topic = pubsub.topic()
    pubsub.subscription(
        topic, push_config={"push_endpoint": endpoint.url}, retry_policy=QUICKLY
    )

    for data in (b"first", b"second"):
        pubsub.publish(topic, data)

    came = endpoint.wait_for(2)
    assert len({pushed.message["messageId"] for pushed in came}) == 2


def test_a_subscription_is_switched_to_push_and_back(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"waiting")
    _push(pubsub, subscription, push_endpoint=endpoint.url)
    endpoint.wait_for(1)
    shown = pubsub.pulls.get_subscription(subscription=subscription)
    assert shown.push_config.push_endpoint == endpoint.url

    _pull_instead(pubsub, subscription)
    pubsub.publish(topic, b"pulled")
    received = pubsub.pull_one(subscription)

    assert received.message.data == b"pulled"
    assert len(endpoint.came) == 1


def test_nothing_is_pushed_for_a_subscription_that_is_gone(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    topic = pubsub.topic()
    other = pubsub.subscription(topic, push_config={"push_endpoint": endpoint.url})
    gone = pubsub.subscription(topic, push_config={"push_endpoint": endpoint.url})
    pubsub.pulls.delete_subscription(subscription=gone)

    for _ in range(3):
        pubsub.publish(topic, b"x")
    endpoint.wait_for(3)

    assert {pushed.wrapped["subscription"] for pushed in endpoint.came} == {other}


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/x"])
def test_what_is_no_endpoint_is_refused(pubsub: PubSub, url: str) -> None:
    with pytest.raises(InvalidArgument):
        pubsub.subscription(pubsub.topic(), push_config={"push_endpoint": url})


def _push(pubsub: PubSub, subscription: str, **config: str) -> None:
    pubsub.pulls.modify_push_config(
        subscription=subscription, push_config=PushConfig(**config)
    )


def _pull_instead(pubsub: PubSub, subscription: str) -> None:
    _push(pubsub, subscription)

    def pulls() -> bool:
        shown = pubsub.pulls.get_subscription(subscription=subscription)
        return not shown.push_config.push_endpoint

    wait_until(pulls, 5)
