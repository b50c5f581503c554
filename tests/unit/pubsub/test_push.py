"""
Pushing, as the emulator does not: tokens, ordering, dead letters, restarts, deadlines.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition, InvalidArgument
from google.pubsub_v1.types import StreamingPullRequest

from tests.contract.pubsub_local import LocalPubSub
from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub
from tests.contract.push_endpoint import Endpoint, Pushed, push_endpoint
from tests.loop_thread import LoopThread
from tests.running_cloud import wait_until

AT_ONCE = {"minimum_backoff": {"seconds": 0}, "maximum_backoff": {"seconds": 0}}


class Restartable:
    """
    Our Pub/Sub in a thread, on one folder and one port.
    """

    def __init__(self, loop: LoopThread, folder: Path) -> None:
        self._loop = loop
        self._folder = folder
        self._port = 0
        self.start()

    def start(self) -> None:
        self.local = LocalPubSub(self._folder)
        self._loop.run(self.local.begin(port=self._port))
        self._port = self.local.pubsub.grpc_port

    def stop(self) -> None:
        self._loop.run(self.local.end())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Restartable]:
    with LoopThread().running() as loop:
        running = Restartable(loop, tmp_path)
        yield running
        running.stop()


@pytest.fixture
def pubsub(server: Restartable) -> Iterator[PubSub]:
    clients = PubSub("local", server.local.address)
    yield clients
    clients.channel.close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with push_endpoint() as running:
        yield running


def pushed_to(endpoint: Endpoint, **config: Any) -> dict[str, Any]:
    return {"push_config": {"push_endpoint": f"{endpoint.url}/in", **config}}


@pytest.mark.parametrize("audience", ["", "https://example.com/audience"])
def test_a_request_carries_a_token_of_the_account_for_the_audience(
    server: Restartable, pubsub: PubSub, endpoint: Endpoint, audience: str
) -> None:
    topic = pubsub.topic()
    token = {"service_account_email": "a@p", "audience": audience}
    pubsub.subscription(topic, **pushed_to(endpoint, oidc_token=token))

    pubsub.publish(topic, b"x")

    (pushed,) = endpoint.wait_for(1)
    wanted = audience or f"{endpoint.url}/in"
    assert pushed.headers["authorization"] == f"Bearer token-of-a@p-for-{wanted}"
    assert pushed.headers["user-agent"] == "CloudPubSub-Google"


def test_messages_of_a_key_go_one_at_a_time_and_wait_for_one_that_fails(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    failing = {"a-1": 2}
    begun: list[str] = []

    def answer(pushed: Pushed) -> int:
        name = pushed.message["attributes"]["name"]
        begun.append(name)
        time.sleep(0.01)
        if failing.get(name, 0):
            failing[name] -= 1
            return 500
        return 204

    endpoint.answer = answer
    topic = pubsub.topic()
    pubsub.subscription(
        topic, enable_message_ordering=True, retry_policy=AT_ONCE, **pushed_to(endpoint)
    )
    names = [f"{key}-{number}" for number in range(4) for key in "ab"]
    for name in names:
        message = {"attributes": {"name": name}, "ordering_key": name[0]}
        pubsub.publish(topic, message)

    endpoint.wait_for(10)

    assert [name for name in begun if name[0] == "a"] == [
        *("a-0", "a-1", "a-1", "a-1", "a-2", "a-3"),
    ]
    assert [name for name in begun if name[0] == "b"] == ["b-0", "b-1", "b-2", "b-3"]
    assert endpoint.came[0].message["orderingKey"] in "ab"
    assert endpoint.most_open <= 2


def test_an_endpoint_gets_more_at_once_the_better_it_does(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    """
    The first goes alone; later they are many, and never more than the window.
    """
    endpoint.answer = lambda pushed: time.sleep(0.02) or 204  # type: ignore[func-returns-value] # it returns None
    topic = pubsub.topic()
    pubsub.subscription(topic, **pushed_to(endpoint))

    pubsub.publish(topic, *[b"x"] * 150)

    endpoint.wait_for(150)
    ids = {pushed.message["messageId"] for pushed in endpoint.came}
    assert len(ids) == len(endpoint.came) == 150
    assert 4 < endpoint.most_open <= 100


def test_an_endpoint_that_fails_is_not_flooded(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    """
    Without a retry policy too: 0.1 + 0.2 + 0.4 + 0.8 s pass between five attempts.
    """
    endpoint.answer = lambda pushed: 503
    topic = pubsub.topic()
    pubsub.subscription(topic, **pushed_to(endpoint))
    began = time.monotonic()

    pubsub.publish(topic, *[b"x"] * 20)

    endpoint.wait_for(5)
    assert time.monotonic() - began > 1.4


def test_pushes_count_as_attempts_and_end_as_dead_letters(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    endpoint.answer = lambda pushed: 500
    dead = pubsub.topic()
    letters = pubsub.subscription(dead)
    topic = pubsub.topic()
    policy = {"dead_letter_topic": dead, "max_delivery_attempts": 5}
    pubsub.subscription(topic, dead_letter_policy=policy, **pushed_to(endpoint))

    pubsub.publish(topic, b"x")

    letter = pubsub.pull_one(letters)
    attempts = [pushed.wrapped["deliveryAttempt"] for pushed in endpoint.came]
    assert attempts == [1, 2, 3, 4, 5]
    assert letter.message.data == b"x"


def test_no_answer_within_the_ack_deadline_is_a_failure(
    server: Restartable, pubsub: PubSub, endpoint: Endpoint
) -> None:
    """
    The deadline is ten seconds at least; here the subscription at work is told less.
    """
    done = threading.Event()
    endpoint.answer = lambda pushed: 204 if done.wait(TIMEOUT_SECONDS) else 500
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, **pushed_to(endpoint))
    feed = server.local.pubsub.broker.subscriptions.find(subscription)
    feed.subscription.ack_deadline_seconds = 1
    feed.change(feed.subscription)

    pubsub.publish(topic, b"x")

    first, second = endpoint.wait_for(2)[:2]
    done.set()
    assert first.message["messageId"] == second.message["messageId"]


def test_what_was_not_taken_is_pushed_after_a_restart(
    server: Restartable, pubsub: PubSub, endpoint: Endpoint
) -> None:
    """
    The first is out while the server stops, the second still waits.
    """
    stopping = threading.Event()
    endpoint.answer = lambda pushed: 204 if stopping.wait(TIMEOUT_SECONDS) else 500
    topic = pubsub.topic()
    pubsub.subscription(topic, **pushed_to(endpoint))
    pubsub.publish(topic, b"first", b"second")
    endpoint.wait_for(1)

    began = time.monotonic()
    server.stop()
    took = time.monotonic() - began
    stopping.set()
    server.start()

    came = endpoint.wait_for(3)
    ids = [pushed.message["messageId"] for pushed in came]
    assert took < 3
    assert ids[0] in ids[1:]
    assert len(set(ids)) == 2


def test_a_push_subscription_is_not_pulled(pubsub: PubSub, endpoint: Endpoint) -> None:
    """
    Nor is one that is switched while somebody pulls.
    """
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, **pushed_to(endpoint))
    with pytest.raises(FailedPrecondition, match="not supported for push"):
        pubsub.pull(subscription)
    first = StreamingPullRequest(
        subscription=subscription, stream_ack_deadline_seconds=10
    )
    stream = pubsub.pulls.streaming_pull(requests=iter([first]))
    with pytest.raises(FailedPrecondition, match="not supported for push"):
        next(iter(stream))

    pulled = pubsub.subscription(topic)
    outcome: list[BaseException] = []

    def pull() -> None:
        try:
            pubsub.pull(pulled)
        except FailedPrecondition as error:
            outcome.append(error)

    thread = threading.Thread(target=pull)
    thread.start()
    time.sleep(0.2)
    config = pushed_to(endpoint)["push_config"]
    pubsub.pulls.modify_push_config({"subscription": pulled, "push_config": config})
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
def test_nobody_but_this_machine_is_reached(pubsub: PubSub, url: str) -> None:
    with pytest.raises(InvalidArgument, match="nobody but this machine"):
        pubsub.subscription(pubsub.topic(), push_config={"push_endpoint": url})


@pytest.mark.parametrize(
    "url", ["http://localhost:1/x", "https://127.0.0.2/", "http://[::1]:1"]
)
def test_every_way_to_this_machine_will_do(pubsub: PubSub, url: str) -> None:
    config = {"push_endpoint": url}
    assert pubsub.subscription(pubsub.topic(), push_config=config)


def test_a_redirect_is_not_followed(pubsub: PubSub, endpoint: Endpoint) -> None:
    answers = iter([307, 204])
    endpoint.answer = lambda pushed: next(answers)
    topic = pubsub.topic()
    pubsub.subscription(topic, **pushed_to(endpoint))

    pubsub.publish(topic, b"x")

    assert {pushed.path for pushed in endpoint.wait_for(2)} == {"/in"}


def test_exactly_once_is_for_pulling_only(pubsub: PubSub, endpoint: Endpoint) -> None:
    with pytest.raises(InvalidArgument, match="Exactly once"):
        pubsub.subscription(
            pubsub.topic(), enable_exactly_once_delivery=True, **pushed_to(endpoint)
        )


def test_attributes_that_are_no_headers_break_nothing(
    pubsub: PubSub, endpoint: Endpoint
) -> None:
    """
    Neither a name, nor a line break, nor a header that is the sender's own.
    """
    topic = pubsub.topic()
    pubsub.subscription(
        topic, **pushed_to(endpoint, no_wrapper={"write_metadata": True})
    )
    attributes = {
        "a b": "x",
        "ü": "x",
        "Content-Length": "5",
        "good": "one\r\nEvil: two",
    }
    pubsub.publish(topic, {"data": b"raw", "attributes": attributes})

    (pushed,) = endpoint.wait_for(1)
    assert pushed.body == b"raw"
    assert pushed.headers["good"] == "one  Evil: two"
    assert "evil" not in pushed.headers


def test_an_endpoint_that_is_not_there_yet_gets_it_later(
    server: Restartable, pubsub: PubSub
) -> None:
    with push_endpoint() as endpoint:
        topic = pubsub.topic()
        subscription = pubsub.subscription(
            topic, push_config={"push_endpoint": "http://127.0.0.1:1/"}
        )
        pubsub.publish(topic, b"x")
        time.sleep(0.3)
        config = pushed_to(endpoint)["push_config"]
        pubsub.pulls.modify_push_config(
            {"subscription": subscription, "push_config": config}
        )
        endpoint.wait_for(1)

    feed = server.local.pubsub.broker.subscriptions.find(subscription)
    wait_until(lambda: feed.next_due() is None, TIMEOUT_SECONDS)
