"""
Byte ranges: those that a download asks for, and those that a chunk says it has.
"""

import re
from dataclasses import dataclass

from localcloud.storage.rules.errors import (
    InvalidError,
    RangeNotSatisfiableError,
)
from localcloud.storage.rules.sizes import check_size, number

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII | re.IGNORECASE)
_CONTENT_RANGE = re.compile(
    r"bytes\s+(?:\*|(?P<first>\d+)-(?P<last>\d+|\*))/(?P<total>\d+|\*)",
    re.ASCII | re.IGNORECASE,
)


def requested(header: str | None, size: int) -> range | None:
    """
    The bytes that a Range header asks for; None means all, as if it weren't there.

    RangeNotSatisfiableError if it begins past the end. What can't be understood,
    and several ranges at once, are ignored, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        length = min(number(last), size)
        if length == 0:
            raise RangeNotSatisfiableError(size)
        return range(size - length, size)
    if last and number(last) < number(first):
        return None
    if number(first) >= size:
        raise RangeNotSatisfiableError(size)
    return range(number(first), min(number(last) + 1, size) if last else size)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRange:
    """
    What a chunk of an upload says of itself; `first` is None in a status query.
    """

    first: int | None
    last: int | None
    total: int | None

    @classmethod
    def parse(cls, header: str | None) -> "ContentRange":
        """
        The range in the header; without one the body is all from the first byte.
        """
        if header is None:
            return cls(first=0, last=None, total=None)
        match = _CONTENT_RANGE.fullmatch(header.strip())
        if match is None:
            raise InvalidError("Failed to parse Content-Range header.")
        first, last, total = (
            None if text in (None, "*") else number(text)
            for text in match.group("first", "last", "total")
        )
        if (
            first is not None
            and last is not None
            and (last < first or (total is not None and last >= total))
        ):
            raise InvalidError("Failed to parse Content-Range header.")
        check_size(total)
        return cls(first=first, last=last, total=total)
