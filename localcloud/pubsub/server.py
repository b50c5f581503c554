"""
The gRPC server: google.pubsub.v1 and its policies on a loopback port.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from google.rpc import (  # type: ignore[import-untyped] # it ships no types
    error_details_pb2,
    status_pb2,
)

from localcloud.faults.playing import CutConnectionError
from localcloud.pubsub.refusals import Code, RefusedError, invalid
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.methods import SERVICES, SUBSCRIBER, requests_of
from localcloud.pubsub.service.permissions import STREAMING_PULL
from localcloud.pubsub.wire import Reply, Request, StreamingPullRequest

_logger = logging.getLogger(__name__)

# The types that may stand in an error's details; imported so that they are found.
_DETAILS = error_details_pb2

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
    for service in SERVICES:
        handlers = {
            method: _unary(front, service, method, request)
            for method, request in requests_of(service).items()
        }
        if service == SUBSCRIBER:
            handlers[STREAMING_PULL] = _streaming_pull(front)
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, handlers),)
        )
    port = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    return server, port


def _unary(front: Front, service: str, method: str, request_type: Any) -> Any:
    async def handle(sent: bytes, context: Any) -> Reply:
        account = front.admit(service, method, _authorization(context))
        return await front.call(service, method, _read(request_type, sent), account)

    return grpc.unary_unary_rpc_method_handler(
        _refusing(handle),
        response_serializer=_serialized,
    )


def _streaming_pull(front: Front) -> Any:
    async def handle(sent: AsyncIterator[bytes], context: Any) -> None:
        authorization = _authorization(context)
        account = front.admit(SUBSCRIBER, STREAMING_PULL, authorization)
        requests = (_read(StreamingPullRequest, each) async for each in sent)
        await front.streaming_pull(requests, context.write, account)

    return grpc.stream_stream_rpc_method_handler(
        _refusing(handle),
        response_serializer=_serialized,
    )


def _read(request_type: Any, sent: bytes) -> Request:
    try:
        return request_type.FromString(sent)
    except DecodeError as error:
        raise invalid("Request contains an invalid argument.") from error


def _refusing(
    handle: Callable[[Any, Any], Coroutine[Any, Any, Any]],
) -> Callable[[Any, Any], Coroutine[Any, Any, Any]]:
    """
    The handler, with refusals told as gRPC tells them, and its own failures as
    Google does: without a word of what is inside.
    """

    async def handled(given: Any, context: Any) -> Any:
        try:
            return await handle(given, context)
        except RefusedError as error:
            refusal = error
        except CutConnectionError:
            # What a client makes of a connection that is gone.
            refusal = RefusedError(Code.UNAVAILABLE, "Socket closed")
        except Exception:
            _logger.exception("a call failed")
            refusal = RefusedError(Code.INTERNAL, "Internal error encountered.")
        code = grpc.StatusCode[refusal.code]
        await context.abort(code, refusal.message, _rich_status(code, refusal))
        return None

    return handled


def _rich_status(
    code: grpc.StatusCode, refusal: RefusedError
) -> tuple[tuple[str, bytes], ...]:
    if not refusal.details:
        return ()
    status = json_format.ParseDict(
        {
            "code": code.value[0],
            "message": refusal.message,
            "details": list(refusal.details),
        },
        status_pb2.Status(),
    )
    return (("grpc-status-details-bin", status.SerializeToString()),)


def _authorization(context: Any) -> str | None:
    return next(
        (
            value
            for name, value in context.invocation_metadata() or ()
            if name == "authorization"
        ),
        None,
    )


def _serialized(reply: Reply) -> bytes:
    return bytes(reply.SerializeToString())
