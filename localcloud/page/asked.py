"""
What a request for data asks for, checked as it is read.
"""

from collections.abc import Mapping


class AskedError(ValueError):
    """
    A request makes no sense; the message names the parameter.
    """


class GoneError(LookupError):
    """
    What is asked for is not there.
    """


class Asked:
    """
    The parameters of a request.
    """

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = query

    def text(self, name: str, default: str = "") -> str:
        return self._query.get(name, default)

    def required(self, name: str) -> str:
        if not (text := self.text(name)):
            raise AskedError(f"{name} is missing")
        return text

    def number(self, name: str) -> int | None:
        """
        A whole number that fits 64 bits, if it was given.
        """
        if not (text := self.text(name)):
            return None
        if not (text.isascii() and text.isdigit() and int(text) < 1 << 63):
            raise AskedError(f"{name}={text!r} is no number")
        return int(text)

    def limit(self, default: int, most: int) -> int:
        """
        How many are wanted, 1 to `most`.
        """
        given = self.number("limit")
        return default if given is None else max(1, min(given, most))

    def flag(self, name: str) -> bool:
        return self.text(name) in ("1", "true")
