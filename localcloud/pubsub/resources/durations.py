"""
Durations in settings: read, bounded, and named in refusals as the service does.
"""

from typing import Any

from localcloud.pubsub.refusals import invalid

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def seconds(duration: Any) -> float:
    return float(duration.seconds) + float(duration.nanos) / 1e9


def check_between(what: str, duration: Any, least: int, most: int) -> None:
    given = seconds(duration)
    if not least <= given <= most:
        raise invalid(
            f"The value for {what} is out of bounds. You passed {spoken(given)} in "
            f"the request, but the value must be between {spoken(least)} and "
            f"{spoken(most)}."
        )


def check_at_least(what: str, duration: Any, least: int) -> None:
    given = seconds(duration)
    if given < least:
        raise invalid(
            f"The value for {what} is too small. You passed {spoken(given)} in the "
            f"request, but the minimum value is {spoken(least)}."
        )


def spoken(length: float) -> str:
    """
    The length in the service's words: `9m59s`, `24h`, `600.5s` as `10m0.5s`.
    """
    if length < 0:
        return f"-{spoken(-length)}"
    hours, rest = divmod(length, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = [f"{int(hours)}h" * bool(hours), f"{int(minutes)}m" * bool(minutes)]
    if rest or not any(parts):
        parts.append(f"{rest:.9f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)
