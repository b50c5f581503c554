"""Times as text tells them."""

from datetime import datetime
from typing import Annotated

import msgspec

# A time with a zone: without one, it can't be compared with any other.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


def aware(text: str) -> datetime:
    """The time that RFC 3339 text tells. Raises ValueError, also without a zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return time


def aware_or_none(text: str | None) -> datetime | None:
    """The same, or none where there is no text."""
    return aware(text) if text else None


def text_of(time: datetime | None) -> str:
    """What both read; nothing for no time."""
    return time.isoformat() if time else ""
