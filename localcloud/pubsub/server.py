"""
The gRPC server: google.pubsub.v1.Publisher and Subscriber on a loopback port.
"""

from collections.abc import AsyncIterator
from typing import Any, NoReturn

import grpc
from google.protobuf.any_pb2 import Any as AnyPb
from google.rpc import (  # type: ignore[import-untyped] # it ships no types
    error_details_pb2,
    status_pb2,
)

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.methods import MISSING, SUBSCRIBER, UNARY
from localcloud.pubsub.service.streaming_pull import streaming_pull
from localcloud.pubsub.wire import Empty, Reply, Request, StreamingPullRequest

_OPTIONS = [
    # Larger than any legal request, so that our refusal is what a client sees.
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.max_send_message_length", -1),
    # Clients ping an idle stream every 30 s; by default a server takes more than
    # two pings in five minutes for an attack and hangs up.
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.so_reuseport", 0),
]


async def start(
    front: Front, *, host: str = "127.0.0.1", port: int = 0
) -> tuple[grpc.aio.Server, int]:
    """
    Serve what the front answers, on any free port by default; return the server and
    the port.

    Stopping the server tells everyone who waits that the service is unavailable,
    after which Google's clients connect again. The broker stays open.
    """
    server = grpc.aio.server(options=_OPTIONS)
    for service, missing in MISSING.items():
        requests = dict.fromkeys(missing, Empty) | UNARY.get(service, {})
        handlers = {
            method: _unary(front, service, method, request)
            for method, request in requests.items()
        }
        if service == SUBSCRIBER:
            handlers["StreamingPull"] = _streaming_pull(front.broker)
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, handlers),)
        )
    port = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    return server, port


def _unary(front: Front, service: str, method: str, request_type: Any) -> Any:
    async def handle(request: Request, context: Any) -> Reply:
        try:
            return await front.call(service, method, request)
        except RefusedError as refusal:
            await _abort(context, refusal)

    return grpc.unary_unary_rpc_method_handler(
        handle,
        request_deserializer=request_type.FromString,
        response_serializer=_serialized,
    )


def _streaming_pull(broker: Broker) -> Any:
    async def handle(requests: AsyncIterator[Request], context: Any) -> None:
        try:
            await streaming_pull(broker, requests, context.write)
        except RefusedError as refusal:
            await _abort(context, refusal)

    return grpc.stream_stream_rpc_method_handler(
        handle,
        request_deserializer=StreamingPullRequest.FromString,
        response_serializer=_serialized,
    )


async def _abort(context: Any, refusal: RefusedError) -> NoReturn:
    code = grpc.StatusCode[refusal.code]
    details: tuple[tuple[str, bytes], ...] = ()
    if refusal.ack_failures:
        info = AnyPb()
        info.Pack(
            error_details_pb2.ErrorInfo(
                reason="EXACTLY_ONCE_ACKID_FAILURE",
                domain="pubsub.googleapis.com",
                metadata=refusal.ack_failures,
            )
        )
        status = status_pb2.Status(
            code=code.value[0], message=refusal.message, details=[info]
        )
        details = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(code, refusal.message, details)
    raise AssertionError("abort never returns")


def _serialized(reply: Reply) -> bytes:
    return bytes(reply.SerializeToString())
