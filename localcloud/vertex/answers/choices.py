"""
Deterministic choices: the same prompt makes the same ones, on every machine.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

_MASK = (1 << 64) - 1
_FALLBACK = ("simulated", "answer", "without", "a", "model")

# Enough to choose words from; long documents are not read to their end.
_READ_CHARS = 2_000

_Item = TypeVar("_Item")


class Choices:
    """
    A stream of choices, and the words of the prompt to fill text with.
    """

    __slots__ = ("_state", "_text", "_words", "digest")

    def __init__(self, *said: str) -> None:
        self._text = said[0] if said else ""
        self._words: Sequence[str] | None = None
        whole = "\x00".join(said).encode("utf-8", "surrogatepass")
        self.digest = blake2b(whole, digest_size=16).digest()
        self._state = int.from_bytes(self.digest[:8])

    def below(self, limit: int) -> int:
        """
        A number from 0 up to, but not including, the limit.
        """
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & _MASK
        return (self._state >> 33) % limit

    def one_of(self, items: Sequence[_Item]) -> _Item:
        return items[self.below(len(items))]

    def words(self, count: int) -> str:
        """
        Words that stand side by side in the prompt, from somewhere in it.
        """
        words = self._words
        if words is None:
            words = self._words = self._text[:_READ_CHARS].split() or _FALLBACK
        start = self.below(max(1, len(words) - count + 1))
        return " ".join(words[start : start + count])
