"""
Times as microseconds since 1970, UTC, and as the service writes them.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(micros: int) -> str:
    """
    A time with microseconds, as it stands in the name of an output folder.
    """
    seconds, fraction = divmod(micros, 1_000_000)
    # datetime.fromtimestamp goes through a float and may lose a microsecond.
    moment = EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:06d}Z"


def json_time(micros: int) -> str:
    """
    A time as protobuf's JSON has it: no fraction, or 3 or 6 digits of one.
    """
    text = rfc3339(micros)
    if micros % 1_000_000 == 0:
        return text[:-8] + "Z"
    return text if micros % 1000 else text[:-4] + "Z"
