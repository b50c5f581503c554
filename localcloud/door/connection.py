"""
One client's connection to the door: CONNECT, TLS, and the hand-over to who answers.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from localcloud.door.authority import Authority
from localcloud.door.hosts import (
    HTTPS_PORT,
    BadAuthorityError,
    is_google,
    split_authority,
)
from localcloud.door.splice import End, open_end

_logger = logging.getLogger(__name__)

_MAX_HEAD = 16 * 1024
_HEAD_SECONDS = 10.0
_HANDSHAKE_SECONDS = 10.0
# Many clients never answer close_notify; theirs is no reason to wait.
_SHUTDOWN_SECONDS = 1.0

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """
    What stands behind the door.

    `http` makes a protocol for one decrypted HTTP/1.1 connection, and `served` counts
    those that there are; `grpc_port` names the loopback port whose server speaks
    HTTP/2 for a host.
    """

    authority: Authority
    http: Callable[[], asyncio.Protocol]
    served: Callable[[], int]
    grpc_port: Callable[[str], Awaitable[int]]


class Connection(asyncio.Protocol):
    """
    Answer one CONNECT to a Google host, and hand the decrypted connection over.

    Everything else is refused with a sentence. Nothing is ever connected to outside
    this machine.
    """

    def __init__(self, behind: Behind, live: set["Connection"], most: int) -> None:
        self._behind = behind
        self._live = live
        self._most = most
        self._head = bytearray()
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None
        self._end: End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if len(self._live) + self._behind.served() >= self._most:
            self._refuse(
                503, f"There are {self._most} connections, and there can't be more."
            )
            return
        self._live.add(self)
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(_HEAD_SECONDS, self.abort)

    def data_received(self, data: bytes) -> None:
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            if len(self._head) > _MAX_HEAD:
                self._refuse(431, "The request's head is too long.")
            return
        if end + 4 < len(self._head):
            # A client may not speak before it has its answer (RFC 9110, 9.3.6).
            self._refuse(400, "Data came before the answer to CONNECT.")
            return
        request_line = bytes(self._head[:end]).partition(b"\r\n")[0]
        self._answer(request_line.decode("latin-1"))

    def connection_lost(self, exc: Exception | None) -> None:
        # TLS takes this protocol's place once it begins, so this is only called for
        # connections that never got that far.
        self._forget()

    def abort(self) -> None:
        """
        Drop the connection, whatever it is doing.
        """
        if self._opening:
            self._opening.cancel()
        if self._end:
            self._end.abort()
        elif self._transport:
            self._transport.abort()
        self._forget()

    def _forget(self) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._live.discard(self)

    def _answer(self, request_line: str) -> None:
        method, _, rest = request_line.partition(" ")
        target = rest.partition(" ")[0]
        if method != "CONNECT":
            self._refuse(
                403,
                f"{method} {target} is refused: this proxy only opens tunnels "
                "(CONNECT) to *.googleapis.com:443, which it answers itself.",
            )
            return
        try:
            host, port = split_authority(target)
        except BadAuthorityError as error:
            self._refuse(400, f"{error}.")
            return
        if not is_google(host) or port != HTTPS_PORT:
            self._refuse(
                403,
                f"{target} is refused: behind this proxy there is only the local "
                "cloud, under the names of *.googleapis.com:443.",
            )
            return
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(_ESTABLISHED)
        self._opening = asyncio.get_running_loop().create_task(self._try_open(host))

    def _refuse(self, status: int, sentence: str) -> None:
        phrase = HTTPStatus(status).phrase
        body = (sentence + "\n").encode()
        head = (
            f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        _logger.info("refused: %r", sentence)
        if self._transport:
            self._transport.write(head.encode() + body)
            self._transport.close()

    async def _try_open(self, host: str) -> None:
        try:
            await self._open(host)
        except Exception:
            _logger.exception("%s could not be opened", host)
            self.abort()

    async def _open(self, host: str) -> None:
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        waiting = _Waiting(self._forget)
        try:
            tls = await loop.start_tls(
                self._transport,
                waiting,
                self._behind.authority.context_for(host),
                server_side=True,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=_SHUTDOWN_SECONDS,
            )
        except (OSError, ssl.SSLError) as error:
            # Most often a client that was started without the door's variables.
            _logger.info("no TLS for %s: %s", host, error)
            self.abort()
            return
        if tls is None or waiting.lost:
            self._forget()
            return
        self._transport = tls
        if self._deadline:
            self._deadline.cancel()
        if tls.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
            await self._hand_to_grpc(host, tls, waiting)
        else:
            waiting.hand_over(tls, self._behind.http())
            self._forget()

    async def _hand_to_grpc(
        self, host: str, tls: asyncio.Transport, waiting: "_Waiting"
    ) -> None:
        tls.pause_reading()
        try:
            port = await self._behind.grpc_port(host)
            end = await open_end("127.0.0.1", port, on_lost=self._forget)
        except OSError as error:
            _logger.warning("no gRPC server for %s: %s", host, error)
            self.abort()
            return
        if waiting.lost:
            end.close()
            return
        self._end = end
        waiting.hand_over(tls, end)
        tls.resume_reading()


class _Waiting(asyncio.Protocol):
    """
    What stands in while TLS begins and nobody knows yet who will answer.

    The client's first bytes may be decrypted together with its last handshake
    message, before ALPN can be asked.
    """

    def __init__(self, forget: Callable[[], None]) -> None:
        self.lost = False
        self._forget = forget
        self._early: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        self._early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._forget()

    def hand_over(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol
    ) -> None:
        """
        Let the protocol go on as if the connection had been its own from the start.
        """
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._early:
            protocol.data_received(b"".join(self._early))
