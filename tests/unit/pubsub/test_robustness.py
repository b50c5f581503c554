"""
Clients that go wrong over gRPC: each is told so, and nothing comes down.
"""

import queue
from typing import Any

import grpc
import pytest
from google.pubsub_v1.types import StreamingPullRequest

from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub
from tests.unit.pubsub.pushing import Restartable

TOKEN = (("authorization", "Bearer token"),)
STREAMS = 400


def call(
    pushing: PubSub, method: str, body: bytes, metadata: Any = TOKEN
) -> grpc.RpcError:
    """
    The error that a bare call with these bytes gets.
    """
    address = pushing.address
    with grpc.insecure_channel(address) as channel:
        bare: Any = channel.unary_unary(method)
        with pytest.raises(grpc.RpcError) as failed:
            bare(body, timeout=TIMEOUT_SECONDS, metadata=metadata)
    return failed.value


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [
        ("/google.pubsub.v1.Publisher/Explode", b"", "UNIMPLEMENTED"),
        ("/no.such.Service/Get", b"", "UNIMPLEMENTED"),
        ("/google.pubsub.v1.SchemaService/ListSchemas", b"", "UNIMPLEMENTED"),
        ("/google.pubsub.v1.Publisher/Publish", b"\xff\xff", "INVALID_ARGUMENT"),
        ("/google.pubsub.v1.Publisher/GetTopic", b"", "INVALID_ARGUMENT"),
        ("/google.iam.v1.IAMPolicy/GetIamPolicy", b"", "INVALID_ARGUMENT"),
    ],
)
def test_what_makes_no_sense_is_told_so(
    pushing: PubSub, method: str, body: bytes, code: str
) -> None:
    error = call(pushing, method, body)
    assert error.code().name == code
    assert pushing.topic()


@pytest.mark.parametrize(
    "metadata",
    [(), (("authorization", "Basic dTpw"),), (("authorization", "Bearer "),)],
    ids=["none", "basic", "empty"],
)
def test_a_call_without_a_token_is_unauthenticated(
    pushing: PubSub, metadata: Any
) -> None:
    error = call(pushing, "/google.pubsub.v1.Publisher/GetTopic", b"", metadata)
    assert error.code() is grpc.StatusCode.UNAUTHENTICATED
    assert "missing required authentication credential" in str(error.details())


def test_a_stream_without_a_token_is_unauthenticated(
    pushing: PubSub, pushing_server: Restartable
) -> None:
    with grpc.insecure_channel(pushing_server.local.address) as channel:
        stream: Any = channel.stream_stream(
            "/google.pubsub.v1.Subscriber/StreamingPull"
        )
        with pytest.raises(grpc.RpcError) as failed:
            next(stream(iter([b""]), timeout=TIMEOUT_SECONDS))
    assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_hundreds_of_streams_share_what_there_is(pushing: PubSub) -> None:
    """
    Every message goes to one of them, and none of them keeps another from its own.
    """
    topic = pushing.topic()
    subscription = pushing.subscription(topic)
    first = StreamingPullRequest(
        subscription=subscription,
        stream_ack_deadline_seconds=600,
        max_outstanding_messages=1,
        protocol_version=1,
    )
    sending: list[queue.Queue[StreamingPullRequest | None]] = []
    streams = []
    for _ in range(STREAMS):
        requests: queue.Queue[StreamingPullRequest | None] = queue.Queue()
        requests.put(first)
        sending.append(requests)
        stream: Any = pushing.pulls.streaming_pull(
            requests=iter(requests.get, None), timeout=60
        )
        streams.append(stream)

    pushing.publish(topic, *[str(number).encode() for number in range(STREAMS)])

    received = [next(iter(stream)).received_messages for stream in streams]
    for requests, stream in zip(sending, streams, strict=True):
        requests.put(None)
        stream.cancel()
    data = {int(each.message.data) for reply in received for each in reply}
    assert data == set(range(STREAMS))
    assert pushing.topic()
