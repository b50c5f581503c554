"""
How each bucket is set up, as its resource says it.

The same as in `terraform/buckets.tf`, which has the reasons; a test compares the two.
The bucket of the functions' source has no counterpart here: they are served from a
folder.
"""

from collections.abc import Mapping, Sequence
from typing import Any

ROLES = ("inbox", "state", "work", "results", "media")

_Rule = Mapping[str, Any]
_SOFT_DELETE_DAYS = {"inbox": 7, "state": 7, "work": 0, "results": 7, "media": 7}
_DELETES: Mapping[str, Sequence[_Rule]] = {
    "inbox": (
        {"age": 30, "isLive": True},
        {"daysSinceNoncurrentTime": 14, "isLive": False},
    ),
    "state": ({"daysSinceCustomTime": 400, "matchesPrefix": ["rec/"]},),
    "work": ({"age": 30},),
    "results": (),
    "media": (),
}


def bucket_settings(
    role: str, *, location: str, labels: Mapping[str, str]
) -> dict[str, Any]:
    """
    The fields of the bucket resource that the deployment sets, for one role.
    """
    rules = [
        *({"action": {"type": "Delete"}, "condition": when} for when in _DELETES[role]),
        {
            "action": {"type": "AbortIncompleteMultipartUpload"},
            "condition": {"age": 7},
        },
    ]
    return {
        "location": location,
        "storageClass": "STANDARD",
        "labels": dict(labels),
        "iamConfiguration": {
            "uniformBucketLevelAccess": {"enabled": True},
            "publicAccessPrevention": "enforced",
        },
        # What was dropped is still there when it is staged, whatever came after it.
        "versioning": {"enabled": role == "inbox"},
        "softDeletePolicy": {
            "retentionDurationSeconds": str(_SOFT_DELETE_DAYS[role] * 86_400)
        },
        "lifecycle": {"rule": rules},
    }
