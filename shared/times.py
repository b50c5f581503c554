"""Times as text tells them."""

from datetime import datetime


def aware(text: str) -> datetime:
    """The time that RFC 3339 text tells. Raises ValueError, also without a zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return time
