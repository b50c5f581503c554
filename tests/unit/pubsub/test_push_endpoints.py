"""
Where messages are pushed, and what an endpoint is spared.
"""

import threading
import time

import pytest
from google.api_core.exceptions import FailedPrecondition, InvalidArgument
from google.pubsub_v1.types import StreamingPullRequest

from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub
from tests.contract.push_endpoint import Endpoint, push_endpoint
from tests.running_cloud import wait_until
from tests.unit.pubsub.pushing import Restartable, pushed_to


def test_a_push_subscription_is_not_pulled(pushing: PubSub, endpoint: Endpoint) -> None:
    """
    Nor is one that is switched while somebody pulls.
    """
    topic = pushing.topic()
    subscription = pushing.subscription(topic, **pushed_to(endpoint))
    with pytest.raises(FailedPrecondition, match="not supported for push"):
        pushing.pull(subscription)
    first = StreamingPullRequest(
        subscription=subscription, stream_ack_deadline_seconds=10
    )
    stream = pushing.pulls.streaming_pull(requests=iter([first]))
    with pytest.raises(FailedPrecondition, match="not supported for push"):
        next(iter(stream))

    pulled = pushing.subscription(topic)
    outcome: list[BaseException] = []

    def pull() -> None:
        try:
            pushing.pull(pulled)
        except FailedPrecondition as error:
            outcome.append(error)

    thread = threading.Thread(target=pull)
    thread.start()
    time.sleep(0.2)
    config = pushed_to(endpoint)["push_config"]
    pushing.pulls.modify_push_config({"subscription": pulled, "push_config": config})
    thread.join(TIMEOUT_SECONDS)
    assert len(outcome) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/push",
        "http://169.254.169.254/latest",
        "http://10.0.0.1:80",
        "http://localhost.example.com/",
        "http://127.0.0.1@example.com/",
        "http://0.0.0.0:80/",
        "http://127.0.0.1:99999/",
        "http://[::2]/",
        "//127.0.0.1/x",
        "file:///etc/passwd",
    ],
)
def test_nobody_but_this_machine_is_reached(pushing: PubSub, url: str) -> None:
    with pytest.raises(InvalidArgument, match="nobody but this machine"):
        pushing.subscription(pushing.topic(), push_config={"push_endpoint": url})


@pytest.mark.parametrize(
    "url", ["http://localhost:1/x", "https://127.0.0.2/", "http://[::1]:1"]
)
def test_every_way_to_this_machine_will_do(pushing: PubSub, url: str) -> None:
    config = {"push_endpoint": url}
    assert pushing.subscription(pushing.topic(), push_config=config)


def test_a_redirect_is_not_followed(pushing: PubSub, endpoint: Endpoint) -> None:
    answers = iter([307, 204])
    endpoint.answer = lambda pushed: next(answers)
    topic = pushing.topic()
    pushing.subscription(topic, **pushed_to(endpoint))

    pushing.publish(topic, b"x")

    assert {pushed.path for pushed in endpoint.wait_for(2)} == {"/in"}


def test_exactly_once_is_for_pulling_only(pushing: PubSub, endpoint: Endpoint) -> None:
    with pytest.raises(InvalidArgument, match="Exactly once"):
        pushing.subscription(
            pushing.topic(), enable_exactly_once_delivery=True, **pushed_to(endpoint)
        )


def test_attributes_that_are_no_headers_break_nothing(
    pushing: PubSub, endpoint: Endpoint
) -> None:
    """
    Neither a name, nor a line break, nor a header that is the sender's own.
    """
    topic = pushing.topic()
    pushing.subscription(
        topic, **pushed_to(endpoint, no_wrapper={"write_metadata": True})
    )
    attributes = {
        "a b": "x",
        "ü": "x",
        "Content-Length": "5",
        "good": "one\r\nEvil: two",
    }
    pushing.publish(topic, {"data": b"raw", "attributes": attributes})

    (pushed,) = endpoint.wait_for(1)
    assert pushed.body == b"raw"
    assert pushed.headers["good"] == "one  Evil: two"
    assert "evil" not in pushed.headers


def test_an_endpoint_that_is_not_there_yet_gets_it_later(
    pushing_server: Restartable, pushing: PubSub
) -> None:
    with push_endpoint() as endpoint:
        topic = pushing.topic()
        subscription = pushing.subscription(
            topic, push_config={"push_endpoint": "http://127.0.0.1:1/"}
        )
        pushing.publish(topic, b"x")
        time.sleep(0.3)
        config = pushed_to(endpoint)["push_config"]
        pushing.pulls.modify_push_config(
            {"subscription": subscription, "push_config": config}
        )
        endpoint.wait_for(1)

    feed = pushing_server.local.pubsub.broker.subscriptions.find(subscription)
    wait_until(lambda: feed.next_due() is None, TIMEOUT_SECONDS)
