"""
The metadata of an object that a user may set, and how a patch changes it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localcloud.storage.rules.errors import InvalidError, UnsupportedError

Json = dict[str, Any]

_TEXTS = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentType",
    "customTime",
    "storageClass",
)
STORAGE_CLASSES = (
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
)
# Refused when asked for, since taking them and not enforcing them would lie.
_NOT_HERE = ("temporaryHold", "eventBasedHold", "retention", "kmsKeyName")
# https://cloud.google.com/storage/quotas#objects
CUSTOM_METADATA_BYTES = 8 * 1024


def merged(current: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """
    `current` after a JSON merge patch: null deletes, objects merge, others replace.
    """
    result = dict(current)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            old = result.get(key)
            result[key] = merged(old if isinstance(old, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def writable(resource: Mapping[str, Any]) -> Json:
    """
    What of an object resource a user sets; the rest is the service's to say.

    A null stays, so that a patch can delete.
    """
    for key in _NOT_HERE:
        if resource.get(key):
            raise UnsupportedError(f"{key} on objects")
    return {key: resource[key] for key in (*_TEXTS, "metadata") if key in resource}


def checked(settings: Mapping[str, Any]) -> Json:
    """
    The settings of an object, nulls dropped; InvalidError if one can't be held.
    """
    result = {key: value for key, value in settings.items() if value is not None}
    for key in _TEXTS:
        value = result.get(key, "")
        if not isinstance(value, str) or not value.isprintable():
            raise InvalidError(f"Invalid value for: {key}")
    if result.get("storageClass", "STANDARD") not in STORAGE_CLASSES:
        raise InvalidError(f"Invalid argument: {result['storageClass']}")
    if "customTime" in result:
        result["customTime"] = _utc(result["customTime"])
    if "metadata" in result:
        result["metadata"] = _custom(result["metadata"])
        if not result["metadata"]:
            del result["metadata"]
    return result


def check_custom_time(old: Mapping[str, Any], new: Json) -> None:
    """
    Keep a custom time that a patch would take away; refuse to set it back.

    https://cloud.google.com/storage/docs/metadata#custom-time
    """
    before = old.get("customTime")
    if before is None:
        return
    after = new.setdefault("customTime", before)
    if datetime.fromisoformat(after) < datetime.fromisoformat(before):
        raise InvalidError("Custom time cannot be set to an earlier time.")


def _utc(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidError(f"Invalid value for: customTime '{value}'") from error
    if moment.tzinfo is None:
        raise InvalidError(f"Invalid value for: customTime '{value}'")
    return stamp(moment)


def _custom(value: Any) -> Json:
    if not isinstance(value, Mapping):
        raise InvalidError("Invalid value for: metadata")
    result = {key: text for key, text in value.items() if text is not None}
    if not all(isinstance(text, str) for text in result.values()):
        raise InvalidError("Invalid value for: metadata")
    try:
        size = sum(len((key + text).encode()) for key, text in result.items())
    except UnicodeEncodeError as error:
        raise InvalidError("Invalid value for: metadata") from error
    if size > CUSTOM_METADATA_BYTES:
        raise InvalidError(
            f"The custom metadata has {size} bytes, more than the "
            f"{CUSTOM_METADATA_BYTES} that an object may have."
        )
    return result


def stamp(moment: datetime) -> str:
    """
    A time as the service writes it: RFC 3339, UTC, milliseconds.
    """
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
