"""
Large contents are hashed and written in a thread, while the next bytes come in.
"""

import asyncio

from localcloud.storage.disk.contents import BLOCK_BYTES, ContentWriter

# So much is gathered while the thread is busy; then whoever brings more must wait.
BATCH_BYTES = 1024 * 1024


class Pump:
    """
    Takes bytes for a writer on the event loop, in their order.

    It holds two batches at most, and a piece: one that is being written, one that is
    gathered. A whole block is never held while the thread has nothing to do.
    Whoever calls may be cancelled at any time; what was taken is written all the same.
    Between `settle` and the next `write` the writer may be used directly.
    """

    def __init__(self, writer: ContentWriter) -> None:
        self._writer = writer
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._working: asyncio.Future[None] | None = None

    async def write(self, data: bytes) -> None:
        """
        Take the next bytes; raises what writing earlier ones raised.
        """
        self._held.append(data)
        self._held_bytes += len(data)
        if self._working is not None and self._held_bytes >= BATCH_BYTES:
            await self._worked()
        if self._working is not None and self._working.done():
            await self._worked()
        if self._working is None and self._has_a_block():
            self._begin()

    async def settle(self) -> None:
        """
        Return once the writer has all that was taken.
        """
        while self._working is not None:
            await self._worked()
        # Less than a block.
        held, self._held, self._held_bytes = self._held, [], 0
        if held:
            self._writer.write_all(held)

    def _begin(self) -> None:
        held, self._held, self._held_bytes = self._held, [], 0
        self._working = asyncio.get_running_loop().run_in_executor(
            None, self._writer.write_all, held
        )
        self._working.add_done_callback(self._go_on)

    def _go_on(self, working: asyncio.Future[None]) -> None:
        # An error stays for whoever writes or settles next.
        if (
            self._working is working
            and working.exception() is None
            and self._has_a_block()
        ):
            self._begin()

    def _has_a_block(self) -> bool:
        # For while the thread rests: what the writer holds belongs to it.
        left = self._writer.received - self._writer.size
        return self._held_bytes + left >= BLOCK_BYTES

    async def _worked(self) -> None:
        working = self._working
        assert working is not None
        # Unlike an await, this does not cancel what the thread does.
        if not working.done():
            await asyncio.wait([working])
        if self._working is working:
            self._working = None
        working.result()
