"""
What a bucket's resource may say.

https://cloud.google.com/storage/docs/json_api/v1/buckets#resource
"""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.storage.rules.errors import InvalidError, UnsupportedError
from localcloud.storage.rules.metadata import STORAGE_CLASSES

DAY_SECONDS = 24 * 3600
# https://cloud.google.com/storage/docs/soft-delete#retention-duration
_SHORTEST_SECONDS = 7 * DAY_SECONDS
_LONGEST_SECONDS = 90 * DAY_SECONDS
# https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels
_MOST_LABELS = 64
_LABEL_CHARACTERS = re.compile(r"[\w-]*")
# Refused when asked for, since taking them and not enforcing them would lie.
_NOT_HERE = {
    "retentionPolicy": "bucket retention policies",
    "defaultEventBasedHold": "holds",
    "encryption": "customer-managed encryption keys",
}


def check_bucket_settings(settings: Mapping[str, Any]) -> None:
    """
    Pass what a bucket may have; InvalidError, or UnsupportedError, for the rest.
    """
    for key, what in _NOT_HERE.items():
        if settings.get(key):
            raise UnsupportedError(what)
    space = _mapping(settings, "hierarchicalNamespace")
    if space.get("enabled") is True:
        raise UnsupportedError("hierarchical namespaces")
    for key in ("versioning", "iamConfiguration"):
        _mapping(settings, key)
    _mapping(_mapping(settings, "iamConfiguration"), "uniformBucketLevelAccess")
    for key in ("location", "storageClass"):
        if not isinstance(settings.get(key, ""), str):
            raise InvalidError(f"Invalid value for: {key}")
    storage_class = settings.get("storageClass", "STANDARD")
    if storage_class not in STORAGE_CLASSES:
        raise InvalidError(f"Invalid argument: {storage_class}")
    _check_labels(_mapping(settings, "labels"))


def soft_delete_policy(
    asked: object, before: Mapping[str, Any], *, default_seconds: int, now: str
) -> dict[str, Any]:
    """
    The policy as it is kept: in force from now on, unless it was before.
    """
    if asked is None:
        seconds = default_seconds
    elif isinstance(asked, Mapping):
        text = str(asked.get("retentionDurationSeconds", 0))
        if not (text.isascii() and text.isdigit()) or len(text) > 18:
            raise InvalidError(f"Invalid value for: retentionDurationSeconds '{text}'")
        seconds = int(text)
    else:
        raise InvalidError("Invalid value for: softDeletePolicy")
    if str(seconds) == before.get("retentionDurationSeconds"):
        return dict(before)
    if (
        seconds not in (0, default_seconds)
        and not _SHORTEST_SECONDS <= seconds <= _LONGEST_SECONDS
    ):
        raise InvalidError(
            f"The soft delete retention duration {seconds}s is neither 0 nor between "
            f"{_SHORTEST_SECONDS}s (7 days) and {_LONGEST_SECONDS}s (90 days)."
        )
    return {"retentionDurationSeconds": str(seconds), "effectiveTime": now}


def _check_labels(labels: Mapping[str, Any]) -> None:
    if len(labels) > _MOST_LABELS:
        raise InvalidError(f"Too many labels: {len(labels)} of {_MOST_LABELS}.")
    for key, value in labels.items():
        if not isinstance(value, str):
            raise InvalidError("Invalid value for: labels")
        if (
            not 1 <= len(key) <= 63
            or not key[0].isalpha()
            or not _may_be_in_a_label(key)
        ):
            raise InvalidError(f"Invalid label key: '{key}'")
        if len(value) > 63 or not _may_be_in_a_label(value):
            raise InvalidError(f"Invalid label value: '{value}'")


def _may_be_in_a_label(text: str) -> bool:
    return text == text.lower() and _LABEL_CHARACTERS.fullmatch(text) is not None


def _mapping(settings: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = settings.get(key) or {}
    if not isinstance(value, Mapping):
        raise InvalidError(f"Invalid value for: {key}")
    return value
