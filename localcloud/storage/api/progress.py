"""
What this process knows of a resumable upload, and whose turn it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.storage.disk.contents import Content, ContentWriter
from localcloud.storage.disk.pump import Pump
from localcloud.storage.rules.errors import UnavailableError


@dataclass(slots=True)
class Progress:
    """
    A session's writer, and who writes: of any number of requests, the latest.
    """

    writer: ContentWriter
    pump: Pump
    turn: int = 0
    content: Content | None = None

    @classmethod
    def of(cls, writer: ContentWriter) -> "Progress":
        return cls(writer, Pump(writer))

    @property
    def size(self) -> int:
        return self.writer.size

    async def take_turn(self) -> Callable[[], None]:
        """
        Go on in the place of whoever did; returns a check that this still holds.
        """
        self.turn += 1
        turn = self.turn

        def check() -> None:
            if self.turn != turn:
                raise UnavailableError("Another request goes on with this upload.")

        # What the other took is written first, in its order.
        await self.pump.settle()
        check()
        return check
