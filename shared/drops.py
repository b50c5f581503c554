"""A drop: one generation of one object in the inbox bucket, and its identity."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from shared.errors import EventError
from shared.times import Moment, aware

FINALIZED = "google.cloud.storage.object.v1.finalized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """
    One generation of one object. `size` is in bytes, `crc32c` base64 as Cloud
    Storage gives it, `dropped_at` the time the generation was created.
    """

    bucket: str
    name: str
    generation: int
    size: int
    crc32c: str
    dropped_at: Moment
    content_encoding: str = ""

    @property
    def drop_id(self) -> str:
        """
        The same for ever for the same bucket, name and generation, and for
        nothing else: 128 bits in lower-case hexadecimal.
        """
        return _drop_id(self.bucket, self.name, self.generation)

    @property
    def quoted_name(self) -> str:
        """The object's name in ASCII, fit for metadata values and logs."""
        return quote(self.name, safe="")

    @property
    def uri(self) -> str:
        """Where it was dropped, for people to read."""
        return f"gs://{self.bucket}/{self.name}"


# A poll comes by each marker's several times.
@lru_cache(maxsize=100_000)
def _drop_id(bucket: str, name: str, generation: int) -> str:
    identity = f"dropbatch1\0{bucket}\0{name}\0{generation}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def drop_from_event(event_type: str, data: object) -> Drop:
    """
    Return the drop that a Cloud Storage event tells of.

    Raises EventError for whatever can't be one. Integers come as strings in
    real events and as numbers in some of Google's test data: both are read
    (googleapis/google-cloudevents, storage/v1/data.proto).
    """
    if event_type != FINALIZED:
        raise EventError(f"event type {event_type!r} is not {FINALIZED!r}")
    if not isinstance(data, Mapping):
        raise EventError("the event's data is no JSON object")
    bucket, name = data.get("bucket"), data.get("name")
    if not isinstance(bucket, str) or not bucket or not _is_unicode(bucket):
        raise EventError("the event's bucket is missing or no name of a bucket")
    if not isinstance(name, str) or not name or not _is_unicode(name):
        raise EventError("the event's name is missing or no name of an object")
    crc32c = str(data.get("crc32c") or "")
    content_encoding = str(data.get("contentEncoding") or "")
    if not _is_unicode(crc32c + content_encoding):
        raise EventError("the event's crc32c or contentEncoding is no text")
    try:
        dropped_at = aware(str(data.get("timeCreated")))
    except ValueError as error:
        raise EventError("the event's timeCreated is no time with a zone") from error
    return Drop(
        bucket=bucket,
        name=name,
        generation=_integer(data, "generation", least=1),
        size=_integer(data, "size", least=0),
        crc32c=crc32c,
        dropped_at=dropped_at,
        content_encoding=content_encoding,
    )


def _integer(data: Mapping[str, object], key: str, *, least: int) -> int:
    value = data.get(key)
    # An int64 has 19 digits at the most.
    if isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise EventError(f"the event's {key} is missing or makes no sense")


def _is_unicode(text: str) -> bool:
    """Whether it can be written as UTF-8: JSON may hold half a character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
