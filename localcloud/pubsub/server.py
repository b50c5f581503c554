"""
The gRPC server: google.pubsub.v1.Publisher and Subscriber on a loopback port.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from inspect import isawaitable
from typing import Any, NoReturn

import grpc
from google.protobuf.any_pb2 import Any as AnyPb
from google.rpc import (  # type: ignore[import-untyped] # it ships no types
    error_details_pb2,
    status_pb2,
)

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.refusals import Code, RefusedError, unimplemented
from localcloud.pubsub.service.first_of import first_of
from localcloud.pubsub.service.methods import (
    MISSING,
    PUBLISHER,
    SUBSCRIBER,
    UNARY,
    snake_case,
)
from localcloud.pubsub.service.publisher import Publisher
from localcloud.pubsub.service.streaming_pull import streaming_pull
from localcloud.pubsub.service.subscriber import Subscriber
from localcloud.pubsub.wire import Reply, Request, StreamingPullRequest

_OPTIONS = [
    # Larger than any legal request, so that our refusal is what a client sees.
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.max_send_message_length", -1),
    # Clients ping an idle stream every 30 s; by default a server takes more than
    # two pings in five minutes for an attack and hangs up.
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.so_reuseport", 0),
]
_HANG_UP_SECONDS = 2


async def start(
    broker: Broker, *, host: str = "127.0.0.1", port: int = 0
) -> tuple["PubSubServer", int]:
    """
    Serve the broker, on any free port by default; return the server and the port.

    Stopping the server leaves the broker open: close it afterwards.
    """
    server = PubSubServer(broker)
    port = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    return server, port


class PubSubServer(grpc.aio.Server):
    """
    A gRPC server that ends its streams properly when it stops.

    Plain gRPC would cancel them, which makes Google's clients give up. After
    UNAVAILABLE they connect again.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._server = grpc.aio.server(options=_OPTIONS)
        self._stopping = asyncio.Event()
        self._long_calls: set[asyncio.Task[Any]] = set()
        answers = {PUBLISHER: Publisher(broker), SUBSCRIBER: Subscriber(broker)}
        for service, missing in MISSING.items():
            handlers = {call: _refusing(what) for call, what in missing.items()}
            for call, request in UNARY.get(service, {}).items():
                handlers[call] = self._unary(
                    getattr(answers[service], snake_case(call)), request
                )
            if service == SUBSCRIBER:
                handlers["StreamingPull"] = self._streaming_pull()
            self._server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler(service, handlers),)
            )

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Any) -> None:
        self._server.add_generic_rpc_handlers(generic_rpc_handlers)

    def add_insecure_port(self, address: str) -> int:
        return int(self._server.add_insecure_port(address))

    def add_secure_port(self, address: str, server_credentials: Any) -> int:
        return int(self._server.add_secure_port(address, server_credentials))

    async def start(self) -> None:
        await self._server.start()

    async def stop(self, grace: float | None) -> None:
        """
        Tell everyone who waits that the service is unavailable, then stop.
        """
        self._stopping.set()
        if self._long_calls:
            await asyncio.wait(self._long_calls, timeout=_HANG_UP_SECONDS)
        await self._server.stop(grace)

    async def wait_for_termination(
        self,
        timeout: float | None = None,  # noqa: ASYNC109 - gRPC's own signature
    ) -> bool:
        return bool(await self._server.wait_for_termination(timeout))

    def _unary(self, answer: Any, request_type: Any) -> Any:
        async def handle(request: Request, context: Any) -> Reply:
            try:
                reply = answer(request)
                if isawaitable(reply):
                    reply = await self._unless_stopped(_result_of(reply))
            except RefusedError as refusal:
                await _abort(context, refusal)
            return reply

        return grpc.unary_unary_rpc_method_handler(
            handle,
            request_deserializer=request_type.FromString,
            response_serializer=_serialized,
        )

    def _streaming_pull(self) -> Any:
        async def handle(requests: AsyncIterator[Request], context: Any) -> None:
            try:
                await self._unless_stopped(
                    streaming_pull(self._broker, requests, context.write)
                )
            except RefusedError as refusal:
                await _abort(context, refusal)

        return grpc.stream_stream_rpc_method_handler(
            handle,
            request_deserializer=StreamingPullRequest.FromString,
            response_serializer=_serialized,
        )

    async def _unless_stopped(self, work: Coroutine[Any, Any, Any]) -> Any:
        call = asyncio.current_task()
        assert call is not None
        self._long_calls.add(call)
        call.add_done_callback(self._long_calls.discard)
        return await first_of(work, self._stopped())

    async def _stopped(self) -> NoReturn:
        await self._stopping.wait()
        raise RefusedError(Code.UNAVAILABLE, "The local Pub/Sub is stopping.")


def _refusing(what: str) -> Any:
    async def handle(_: bytes, context: Any) -> None:
        await _abort(context, unimplemented(what))

    return grpc.unary_unary_rpc_method_handler(handle)


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


async def _result_of(reply: Any) -> Reply:
    return await reply


def _serialized(reply: Reply) -> bytes:
    return bytes(reply.SerializeToString())
