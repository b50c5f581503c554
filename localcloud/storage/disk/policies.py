"""
The IAM policies of buckets: kept and told as they were set, enforced by nobody here.

https://cloud.google.com/storage/docs/json_api/v1/buckets/setIamPolicy
"""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.storage.disk.buckets import Buckets
from localcloud.storage.disk.database import Database
from localcloud.storage.disk.resources import Bucket, etag_of
from localcloud.storage.rules.errors import InvalidError, PreconditionFailedError

_WITH_CONDITIONS = 3
# What a new bucket gives to the basic roles of its project.
# https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-intrinsic
_NEW = (
    ("roles/storage.legacyBucketOwner", ("projectEditor", "projectOwner")),
    ("roles/storage.legacyBucketReader", ("projectViewer",)),
    ("roles/storage.legacyObjectOwner", ("projectEditor", "projectOwner")),
    ("roles/storage.legacyObjectReader", ("projectViewer",)),
)
# Without uniform access, ACLs say who may read objects.
_UNIFORM_ONLY = ("roles/storage.legacyObjectOwner", "roles/storage.legacyObjectReader")


class Policies:
    """
    One policy a bucket, changed by whoever read its newest version.
    """

    def __init__(self, database: Database, buckets: Buckets) -> None:
        self._database = database
        self._buckets = buckets

    def get(self, bucket: str) -> dict[str, Any]:
        """
        The policy as the JSON API shows it.
        """
        found = self._buckets.get(bucket)
        row = self._database.rows(
            "SELECT version, settings FROM policy WHERE bucket = ?", bucket
        ).fetchone()
        version, settings = (1, _new(found)) if row is None else (row[0], row[1])
        return {
            "kind": "storage#policy",
            "resourceId": f"projects/_/buckets/{bucket}",
            "version": 1,
            "etag": etag_of(version),
            **json.loads(settings),
        }

    def set(self, bucket: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """
        Replace the policy; PreconditionFailedError if its etag is an older one's.
        """
        if asked.get("version", 1) not in (0, 1, 2, _WITH_CONDITIONS):
            raise InvalidError("Invalid value for: version")
        bindings = _checked(asked.get("bindings", []))
        conditional = any("condition" in each for each in bindings)
        version = _WITH_CONDITIONS if conditional else 1
        settings = {"version": version, "bindings": bindings}
        with self._database.transaction() as run:
            etag = self.get(bucket)["etag"]
            if asked.get("etag", etag) != etag:
                raise PreconditionFailedError
            run(
                "INSERT INTO policy (bucket, version, settings) VALUES (?1, 2, ?2)"
                " ON CONFLICT (bucket) DO UPDATE"
                " SET version = version + 1, settings = ?2",
                bucket,
                json.dumps(settings),
            )
        return self.get(bucket)


def _new(bucket: Bucket) -> str:
    bindings = [
        {"role": role, "members": [f"{who}:{bucket.project}" for who in members]}
        for role, members in _NEW
        if bucket.uniform_access or role not in _UNIFORM_ONLY
    ]
    return json.dumps({"bindings": bindings})


def _checked(bindings: object) -> list[Mapping[str, Any]]:
    if not isinstance(bindings, list):
        raise InvalidError("Invalid value for: bindings")
    for each in bindings:
        if not isinstance(each, Mapping) or not isinstance(each.get("role"), str):
            raise InvalidError("Invalid value for: bindings")
        members = each.get("members", [])
        if not isinstance(members, list) or not all(map(_is_member, members)):
            raise InvalidError("Invalid value for: members")
    return [each for each in bindings if each.get("members")]


def _is_member(member: object) -> bool:
    return isinstance(member, str) and (
        ":" in member or member in ("allUsers", "allAuthenticatedUsers")
    )
