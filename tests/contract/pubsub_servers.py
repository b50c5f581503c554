"""
The Pub/Sub servers that one suite runs against: ours, and Google's own emulator.

Both are reached as a program reaches the service, by the real clients; only the
channel is a plain one. Each server is started once, by the first test that asks.
"""

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.cloud import pubsub_v1
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import ReceivedMessage

from tests import needs
from tests.contract.pubsub_local import LocalPubSub
from tests.contract.pubsub_rest import RestCaller
from tests.loop_thread import LoopThread
from tests.needs import program

PROJECT = "projects/contract"
TIMEOUT_SECONDS = 10
STARTUP_SECONDS = 30

# As Google's clients set them for the service; a plain channel has gRPC's own.
_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]


class _WithToken(
    grpc.UnaryUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """
    Sends a token with every call, as the clients' own credentials do over TLS.
    """

    def intercept_unary_unary(self, go_on: Any, details: Any, request: Any) -> Any:
        return go_on(_with_token(details), request)

    def intercept_stream_stream(self, go_on: Any, details: Any, requests: Any) -> Any:
        return go_on(_with_token(details), requests)


def _with_token(details: Any) -> Any:
    token = ("authorization", "Bearer token")
    return details._replace(metadata=[*(details.metadata or ()), token])


class PubSub:
    """
    Real clients of one server, and short words for what tests do all the time.

    `admin` and `pulls` are the plain clients, `publisher` and `subscriber` those
    that batch, stream and hold leases by themselves.
    """

    def __init__(self, kind: str, address: str, rest: str = "") -> None:
        self.kind = kind
        self.address = address
        self.rest = RestCaller(rest or address)
        plain = grpc.insecure_channel(address, options=_OPTIONS)
        grpc.channel_ready_future(plain).result(STARTUP_SECONDS)
        self.channel = grpc.intercept_channel(plain, _WithToken())
        publishing = PublisherGrpcTransport(channel=self.channel)
        subscribing = SubscriberGrpcTransport(channel=self.channel)
        self.admin = PublisherClient(transport=publishing)
        self.pulls = SubscriberClient(transport=subscribing)
        self.publisher = pubsub_v1.PublisherClient(transport=publishing)
        self.subscriber = pubsub_v1.SubscriberClient(transport=subscribing)

    def topic(self, **settings: Any) -> str:
        name = f"{PROJECT}/topics/topic-{uuid4().hex}"
        self.admin.create_topic({"name": name, **settings})
        return name

    def subscription(self, topic: str, **settings: Any) -> str:
        name = f"{PROJECT}/subscriptions/subscription-{uuid4().hex}"
        self.pulls.create_subscription({"name": name, "topic": topic, **settings})
        return name

    def publish(self, topic: str, *messages: bytes | dict[str, Any]) -> list[str]:
        sent = [
            {"data": each} if isinstance(each, bytes) else each for each in messages
        ]
        reply = self.admin.publish(
            {"topic": topic, "messages": sent}, retry=None, timeout=TIMEOUT_SECONDS
        )
        return list(reply.message_ids)

    def pull(
        self, subscription: str, *, most: int = 10, wait: bool = True
    ) -> Sequence[ReceivedMessage]:
        """
        What one pull brings; without `wait`, only what is there at once.
        """
        request = {
            "subscription": subscription,
            "max_messages": most,
            "return_immediately": not wait,
        }
        with nullcontext() if wait else pytest.deprecated_call():
            reply = self.pulls.pull(request, retry=None, timeout=TIMEOUT_SECONDS)
        return reply.received_messages

    def pull_one(self, subscription: str) -> ReceivedMessage:
        (received,) = self.pull(subscription, most=1)
        return received

    def pull_all(self, subscription: str, count: int) -> list[ReceivedMessage]:
        """
        That many messages, in as many pulls as it takes.
        """
        received: list[ReceivedMessage] = []
        while len(received) < count:
            more = self.pull(subscription, most=count - len(received))
            assert more, f"only {len(received)} of {count} messages came"
            received += more
        return received

    def is_drained(self, subscription: str) -> bool:
        return not self.pull(subscription, wait=False)

    def ack(self, subscription: str, *received: ReceivedMessage) -> None:
        self.pulls.acknowledge(
            subscription=subscription, ack_ids=[each.ack_id for each in received]
        )

    def deadline(
        self, subscription: str, seconds: int, *received: ReceivedMessage
    ) -> None:
        self.pulls.modify_ack_deadline(
            subscription=subscription,
            ack_ids=[each.ack_id for each in received],
            ack_deadline_seconds=seconds,
        )

    def nack(self, subscription: str, *received: ReceivedMessage) -> None:
        self.deadline(subscription, 0, *received)


class Servers:
    """
    Those that have been asked for so far.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[str, PubSub] = {}

    def __getitem__(self, kind: str) -> PubSub:
        if kind not in self._running:
            serve = {"local": _serve_locally, "emulator": _serve_emulator}[kind]
            clients = PubSub(kind, *self._stack.enter_context(serve()))
            self._stack.callback(clients.channel.close)
            self._running[kind] = clients
        return self._running[kind]


@contextmanager
def _serve_locally() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder, LoopThread().running() as loop:
        local = LocalPubSub(Path(folder))
        loop.run(local.begin())
        try:
            yield local.address, local.rest_address
        finally:
            loop.run(local.end())


@contextmanager
def _serve_emulator() -> Iterator[tuple[str, str]]:
    gcloud = program("gcloud")
    program("java")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
        probe.close()
        log = Path(folder, "log")
        data = Path(folder, "data")
        data.mkdir()
        command = [gcloud, "beta", "emulators", "pubsub", "start", "--quiet"]
        command += [f"--host-port={address}", f"--data-dir={data}"]
        with log.open("wb") as output:
            emulator = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # gcloud starts Java: a session of their own, to end both at once.
                start_new_session=True,
                env=os.environ
                | {
                    "CLOUDSDK_CONFIG": folder,
                    "JAVA_TOOL_OPTIONS": " ".join(needs.JAVA_OPTIONS),
                },
            )
        try:
            _wait_for(emulator, address, log)
            yield address, address
        finally:
            with suppress(ProcessLookupError):
                os.killpg(emulator.pid, signal.SIGKILL)
            emulator.wait(TIMEOUT_SECONDS)


def _wait_for(emulator: subprocess.Popen[bytes], address: str, log: Path) -> None:
    with grpc.insecure_channel(address) as channel:
        for _ in range(STARTUP_SECONDS):
            with suppress(grpc.FutureTimeoutError):
                grpc.channel_ready_future(channel).result(1)
                return
            if emulator.poll() is not None:
                break
    reason = f"gcloud starts no Pub/Sub emulator here: {log.read_text().strip()}"
    needs.lack(reason)
