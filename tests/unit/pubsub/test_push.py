"""
Pushing, as the emulator does not: tokens, ordering, dead letters, restarts, deadlines.
"""

import socket
import threading
import time

import pytest

from localcloud.pubsub.push import pusher, pushers
from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub
from tests.contract.push_endpoint import Endpoint, Pushed
from tests.running_cloud import wait_until
from tests.unit.pubsub.pushing import Restartable, pushed_to

AT_ONCE = {"minimum_backoff": {"seconds": 0}, "maximum_backoff": {"seconds": 0}}


@pytest.mark.parametrize("audience", ["", "https://example.com/audience"])
def test_a_request_carries_a_token_of_the_account_for_the_audience(
    pushing_server: Restartable, pushing: PubSub, endpoint: Endpoint, audience: str
) -> None:
    topic = pushing.topic()
    token = {"service_account_email": "a@p", "audience": audience}
    pushing.subscription(topic, **pushed_to(endpoint, oidc_token=token))

    pushing.publish(topic, b"x")

    (pushed,) = endpoint.wait_for(1)
    wanted = audience or f"{endpoint.url}/in"
    assert pushed.headers["authorization"] == f"Bearer token-of-a@p-for-{wanted}"
    assert pushed.headers["user-agent"] == "CloudPubSub-Google"


def test_messages_of_a_key_go_one_at_a_time_and_wait_for_one_that_fails(
    pushing: PubSub, endpoint: Endpoint
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
    topic = pushing.topic()
    pushing.subscription(
        topic, enable_message_ordering=True, retry_policy=AT_ONCE, **pushed_to(endpoint)
    )
    names = [f"{key}-{number}" for number in range(4) for key in "ab"]
    for name in names:
        message = {"attributes": {"name": name}, "ordering_key": name[0]}
        pushing.publish(topic, message)

    endpoint.wait_for(10)

    assert [name for name in begun if name[0] == "a"] == [
        *("a-0", "a-1", "a-1", "a-1", "a-2", "a-3"),
    ]
    assert [name for name in begun if name[0] == "b"] == ["b-0", "b-1", "b-2", "b-3"]
    assert endpoint.came[0].message["orderingKey"] in "ab"
    assert endpoint.most_open <= 2


def test_an_endpoint_gets_more_at_once_the_better_it_does(
    pushing: PubSub, endpoint: Endpoint
) -> None:
    """
    The first goes alone; later they are many, and never more than the window.
    """
    endpoint.answer = lambda pushed: time.sleep(0.02) or 204  # type: ignore[func-returns-value] # it returns None
    topic = pushing.topic()
    pushing.subscription(topic, **pushed_to(endpoint))

    pushing.publish(topic, *[b"x"] * 150)

    endpoint.wait_for(150)
    ids = {pushed.message["messageId"] for pushed in endpoint.came}
    assert len(ids) == len(endpoint.came) == 150
    assert 4 < endpoint.most_open <= 100


def test_an_endpoint_that_fails_is_not_flooded(
    pushing: PubSub, endpoint: Endpoint
) -> None:
    """
    Without a retry policy too: 0.1 + 0.2 + 0.4 + 0.8 s pass between five attempts.
    """
    endpoint.answer = lambda pushed: 503
    topic = pushing.topic()
    pushing.subscription(topic, **pushed_to(endpoint))
    began = time.monotonic()

    pushing.publish(topic, *[b"x"] * 20)

    endpoint.wait_for(5)
    assert time.monotonic() - began > 1.4


def test_pushes_count_as_attempts_and_end_as_dead_letters(
    pushing: PubSub, endpoint: Endpoint
) -> None:
    endpoint.answer = lambda pushed: 500
    dead = pushing.topic()
    letters = pushing.subscription(dead)
    topic = pushing.topic()
    policy = {"dead_letter_topic": dead, "max_delivery_attempts": 5}
    pushing.subscription(topic, dead_letter_policy=policy, **pushed_to(endpoint))

    pushing.publish(topic, b"x")

    letter = pushing.pull_one(letters)
    attempts = [pushed.wrapped["deliveryAttempt"] for pushed in endpoint.came]
    assert attempts == [1, 2, 3, 4, 5]
    assert letter.message.data == b"x"


def test_no_answer_within_the_ack_deadline_is_a_failure(
    pushing_server: Restartable, pushing: PubSub, endpoint: Endpoint
) -> None:
    """
    The deadline is ten seconds at least; here the subscription at work is told less.
    """
    done = threading.Event()
    endpoint.answer = lambda pushed: 204 if done.wait(TIMEOUT_SECONDS) else 500
    topic = pushing.topic()
    subscription = pushing.subscription(topic, **pushed_to(endpoint))
    feed = pushing_server.local.pubsub.broker.subscriptions.find(subscription)
    feed.subscription.ack_deadline_seconds = 1
    feed.change(feed.subscription)

    pushing.publish(topic, b"x")

    first, second = endpoint.wait_for(2)[:2]
    done.set()
    assert first.message["messageId"] == second.message["messageId"]


def test_what_was_not_taken_is_pushed_after_a_restart(
    pushing_server: Restartable, pushing: PubSub, endpoint: Endpoint
) -> None:
    """
    The first is out while the server stops, the second still waits.
    """
    stopping = threading.Event()
    endpoint.answer = lambda pushed: 204 if stopping.wait(TIMEOUT_SECONDS) else 500
    topic = pushing.topic()
    pushing.subscription(topic, **pushed_to(endpoint))
    pushing.publish(topic, b"first", b"second")
    endpoint.wait_for(1)

    began = time.monotonic()
    pushing_server.stop()
    took = time.monotonic() - began
    stopping.set()
    pushing_server.start()

    came = endpoint.wait_for(3)
    ids = [pushed.message["messageId"] for pushed in came]
    assert took < 3
    assert ids[0] in ids[1:]
    assert len(set(ids)) == 2


def test_large_messages_go_a_few_at_a_time(
    pushing: PubSub, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is held in memory as a request, however many the window lets out."""
    monkeypatch.setattr(pusher, "_MOST_BYTES", 1_000)
    endpoint.answer = lambda pushed: time.sleep(0.01) or 204  # type: ignore[func-returns-value] # it returns None
    topic = pushing.topic()
    pushing.subscription(topic, **pushed_to(endpoint))

    pushing.publish(topic, *[b"x" * 400] * 60)

    endpoint.wait_for(60)
    assert endpoint.most_open <= 3


def test_an_answer_without_an_end_is_not_read_to_its_end(pushing: PubSub) -> None:
    """It was taken, and its connection is of no more use."""
    broken_off = threading.Event()

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while True:
                    connection.sendall(b"x" * 65_536)
            except OSError:
                broken_off.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/in"
        topic = pushing.topic()
        pushing.subscription(topic, push_config={"push_endpoint": url})

        pushing.publish(topic, b"x")

        # The ack deadline, after which it would be broken off anyhow, is 10 s.
        assert broken_off.wait(5)
        thread.join()


def test_a_subscription_that_breaks_off_is_left_in_peace_for_a_while(
    pushing_server: Restartable,
    pushing: PubSub,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[float] = []
    monkeypatch.setattr(pushers, "_PAUSE_SECONDS", 0.2)

    async def run(self: pusher.Pusher) -> None:
        begun.append(time.monotonic())
        raise LookupError("no such luck")

    monkeypatch.setattr(pusher.Pusher, "run", run)

    pushing.subscription(pushing.topic(), **pushed_to(endpoint))

    wait_until(lambda: len(begun) >= 3, TIMEOUT_SECONDS)
    assert begun[2] - begun[0] > 0.3
