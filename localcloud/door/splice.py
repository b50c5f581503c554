"""
Two connections moved into one another, each only as fast as the other takes it.
"""

import asyncio
from collections.abc import Callable
from typing import cast


class End(asyncio.Protocol):
    """
    One end of a splice: what it reads is written to its peer.

    When the peer's buffer is full this end stops reading, so memory stays bounded by
    the two transports' own high-water marks. When either end is lost, both are.
    """

    def __init__(self, on_lost: Callable[[], None] | None = None) -> None:
        self._on_lost = on_lost
        self.transport: asyncio.Transport | None = None
        self.peer: End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self.peer and self.peer.transport:
            self.peer.transport.write(data)

    def pause_writing(self) -> None:
        if self.peer and self.peer.transport:
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.peer and self.peer.transport:
            self.peer.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        # HTTP/2 has no use for a half-closed connection: GOAWAY has been said, or
        # nothing more can be.
        self.close()
        if self._on_lost:
            self._on_lost()

    def abort(self) -> None:
        """
        Drop both sides, whatever is still unsent.
        """
        for end in (self, self.peer):
            if end and end.transport:
                end.transport.abort()

    def close(self) -> None:
        """
        Close the peer's side once what was written to it is sent.
        """
        if self.peer and self.peer.transport:
            self.peer.transport.close()


async def open_end(
    host: str, port: int, *, on_lost: Callable[[], None] | None = None
) -> End:
    """
    Connect to a local port; return the client's end of the splice, not yet connected.

    Raises OSError if nothing listens there.
    """
    loop = asyncio.get_running_loop()
    _, far = await loop.create_connection(End, host, port)
    near = End(on_lost)
    near.peer, far.peer = far, near
    return near
