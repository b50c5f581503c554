"""What we have written down as JSON, read back, whatever became of its bytes."""

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    schema: Any = None


def decode_stored(content: bytes, kind: type[_Kind]) -> _Kind:
    """What these bytes say. Raises msgspec.DecodeError where they make no sense."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"damaged: {type(error).__name__}") from None


def schema_of(content: bytes) -> Any:
    """The schema that they say they are of, if any. Raises msgspec.DecodeError."""
    return decode_stored(content, _Header).schema
