"""
Preconditions: what a request asks of the resource before it is carried out.

https://cloud.google.com/storage/docs/request-preconditions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from localcloud.storage.rules.errors import (
    InvalidError,
    NotModifiedError,
    PreconditionFailedError,
)


class Versioned(Protocol):
    """
    What a precondition can be held against: a bucket or an object generation.
    """

    @property
    def generation(self) -> int: ...
    @property
    def metageneration(self) -> int: ...
    @property
    def etag(self) -> str: ...


def integer(value: str, name: str) -> int:
    """
    The number that a query parameter or header holds; InvalidError for others.
    """
    # Signed 64 bit is what the service's parsers and SQLite both hold.
    try:
        number = int(value) if value.isascii() and "_" not in value else None
    except ValueError:
        number = None
    if number is None or not -(2**63) <= number < 2**63:
        raise InvalidError(f"Invalid value for {name}: '{value}'.")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Preconditions:
    """
    All that must hold; what is None was not asked.
    """

    generation_match: int | None = None
    generation_not_match: int | None = None
    metageneration_match: int | None = None
    metageneration_not_match: int | None = None
    etag_match: str | None = None
    etag_not_match: str | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str], prefix: str = "if") -> Self:
        """
        Those of the JSON API; `prefix` is `ifSource` for a copy's source.
        """

        def number(name: str) -> int | None:
            value = query.get(prefix + name)
            return None if value is None else integer(value, prefix + name)

        return cls(
            generation_match=number("GenerationMatch"),
            generation_not_match=number("GenerationNotMatch"),
            metageneration_match=number("MetagenerationMatch"),
            metageneration_not_match=number("MetagenerationNotMatch"),
        )

    def check_read(self, current: Versioned) -> None:
        """
        Pass if a read may go ahead: else 412, or 304 for a "not match".
        """
        if not self._matches(current):
            raise PreconditionFailedError
        if not self._differs(current):
            raise NotModifiedError

    def check_write(self, current: Versioned | None) -> None:
        """
        Pass if a write may replace `current`, None if there is nothing; else 412.
        """
        # The documentation gives 304 for every "not match", but describes it for
        # reads; what a write gets is not stated, and 412 is what other libraries
        # treat as the refusal of a write.
        if not self._matches(current) or not self._differs(current):
            raise PreconditionFailedError

    def _matches(self, current: Versioned | None) -> bool:
        # Generation 0 stands for "no live object", which also answers a match
        # with 0. Metageneration has no such value.
        generation = 0 if current is None else current.generation
        if self.generation_match not in (None, generation):
            return False
        if self.metageneration_match is not None and (
            current is None or current.metageneration != self.metageneration_match
        ):
            return False
        return self.etag_match is None or (
            current is not None and _names(self.etag_match, current.etag)
        )

    def _differs(self, current: Versioned | None) -> bool:
        if current is None:
            # "If no live object exists, the precondition fails" is in the API's
            # own description of ifGenerationNotMatch.
            return self.generation_not_match is None
        if self.generation_not_match == current.generation:
            return False
        if self.metageneration_not_match == current.metageneration:
            return False
        return self.etag_not_match is None or not _names(
            self.etag_not_match, current.etag
        )


def _names(header: str, etag: str) -> bool:
    given = [part.strip().removeprefix("W/").strip('"') for part in header.split(",")]
    return "*" in given or etag.strip('"') in given
