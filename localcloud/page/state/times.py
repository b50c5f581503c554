"""
Times as the page's data has them.
"""

from datetime import UTC, datetime


def rfc3339(seconds: float) -> str:
    """
    A time, given in seconds since 1970, with milliseconds and a Z.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return shown(moment)


def shown(moment: datetime) -> str:
    """
    An aware time, with milliseconds and a Z.
    """
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
