"""
Buckets and object generations as values, and as the JSON resources of the API.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from localcloud.projects import project_number
from localcloud.storage.disk.contents import Content

PUBLIC_ORIGIN = "https://storage.googleapis.com"
API = "https://www.googleapis.com/storage/v1"
_MULTI_REGIONS = ("ASIA", "EU", "US")
_DUAL_REGIONS = ("ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """
    A bucket; `settings` are the fields of its resource that users set.
    """

    name: str
    project: str
    generation: int
    metageneration: int
    created: str
    updated: str
    settings: Mapping[str, Any]

    @property
    def etag(self) -> str:
        return etag_of(self.metageneration)

    @property
    def versioned(self) -> bool:
        versioning = self.settings.get("versioning")
        return isinstance(versioning, Mapping) and versioning.get("enabled") is True

    @property
    def soft_delete_seconds(self) -> int:
        """
        How long what is deleted can be restored; 0 is not at all.
        """
        policy = self.settings.get("softDeletePolicy", {})
        return int(policy.get("retentionDurationSeconds", 0))

    @property
    def uniform_access(self) -> bool:
        """
        Whether IAM alone says who may do what, and ACLs nothing.
        """
        access = self.settings.get("iamConfiguration") or {}
        uniform = access.get("uniformBucketLevelAccess") or {}
        return uniform.get("enabled") is True

    @property
    def location(self) -> str:
        return str(self.settings.get("location") or "US").upper()

    @property
    def location_type(self) -> str:
        if self.location in _MULTI_REGIONS:
            return "multi-region"
        return "dual-region" if self.location in _DUAL_REGIONS else "region"

    @property
    def storage_class(self) -> str:
        return str(self.settings.get("storageClass") or "STANDARD")

    def resource(self) -> dict[str, Any]:
        """
        What the JSON API shows.
        """
        flat = {"enabled": False}
        shown: dict[str, Any] = {
            "kind": "storage#bucket",
            "selfLink": f"{API}/b/{quote(self.name, safe='')}",
            "id": self.name,
            "name": self.name,
            "projectNumber": project_number(self.project),
            "generation": str(self.generation),
            "metageneration": str(self.metageneration),
            "etag": self.etag,
            "timeCreated": self.created,
            "updated": self.updated,
            "iamConfiguration": {
                "bucketPolicyOnly": flat,
                "uniformBucketLevelAccess": flat,
                "publicAccessPrevention": "inherited",
            },
        }
        shown.update(self.settings)
        shown["location"] = self.location
        shown["locationType"] = self.location_type
        shown["storageClass"] = self.storage_class
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """
    One generation of an object; `deleted` is when it stopped being live.

    `soft_deleted` is when it was deleted, if it can still be restored, and
    `hard_deleted` until when.
    """

    bucket: str
    name: str
    generation: int
    metageneration: int
    live: bool
    content: Content
    created: str
    updated: str
    class_updated: str
    deleted: str | None
    settings: Mapping[str, Any]
    soft_deleted: str | None = None
    hard_deleted: str | None = None

    @property
    def etag(self) -> str:
        return etag_of(self.generation, self.metageneration)

    def resource(self, origin: str = PUBLIC_ORIGIN) -> dict[str, Any]:
        """
        What the JSON API shows, and events carry.
        """
        bucket, name = quote(self.bucket, safe=""), quote(self.name, safe="")
        shown: dict[str, Any] = {
            "kind": "storage#object",
            "id": f"{self.bucket}/{self.name}/{self.generation}",
            "selfLink": f"{API}/b/{bucket}/o/{name}",
            "mediaLink": (
                f"{origin}/download/storage/v1/b/{bucket}/o/{name}"
                f"?generation={self.generation}&alt=media"
            ),
            "name": self.name,
            "bucket": self.bucket,
            "generation": str(self.generation),
            "metageneration": str(self.metageneration),
            "size": str(self.content.size),
            "crc32c": self.content.crc32c,
            "etag": self.etag,
            "timeCreated": self.created,
            "updated": self.updated,
            "timeStorageClassUpdated": self.class_updated,
            "timeFinalized": self.created,
        }
        if self.content.md5 is not None:
            shown["md5Hash"] = self.content.md5
        if self.content.components is not None:
            shown["componentCount"] = self.content.components
        if self.deleted is not None:
            shown["timeDeleted"] = self.deleted
        if self.soft_deleted is not None:
            shown["softDeleteTime"] = self.soft_deleted
            shown["hardDeleteTime"] = self.hard_deleted
        shown.update(self.settings)
        return shown


def agent_of(project: str) -> str:
    """
    The address of the service account by which Cloud Storage acts for a project.
    """
    return (
        f"service-{project_number(project)}@gs-project-accounts.iam.gserviceaccount.com"
    )


def etag_of(*numbers: int) -> str:
    """
    An etag that tells these numbers apart from others.
    """
    # The service's etags are protobuf messages: fields 1, 2, ... as varints.
    data = bytearray()
    for field, number in enumerate(numbers, start=1):
        data.append(field << 3)
        while number > 0x7F:
            data.append(number & 0x7F | 0x80)
            number >>= 7
        data.append(number)
    return base64.b64encode(bytes(data)).decode("ascii")
