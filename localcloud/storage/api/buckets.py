"""
The bucket methods of the JSON API.
"""

from collections.abc import Callable, Mapping

from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.disk.resources import Bucket
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import InvalidError, RequiredError


class BucketMethods:
    """
    Each method takes a call and what its path names.
    """

    def __init__(self, store: Store, has_project: Callable[[str], bool]) -> None:
        self._store = store
        self._has_project = has_project

    def insert(self, call: Call, names: Mapping[str, str]) -> Reply:
        settings = call.json()
        name = settings.get("name")
        project = self._project(call)
        if not isinstance(name, str):
            raise RequiredError("Required")
        return _shown(self._store.buckets.create(name, project, settings))

    def get(self, call: Call, names: Mapping[str, str]) -> Reply:
        bucket = self._store.buckets.get(names["bucket"])
        call.preconditions().check_read(bucket)
        return _shown(bucket)

    def list(self, call: Call, names: Mapping[str, str]) -> Reply:
        project = self._project(call)
        limit = call.limit()
        found = self._store.buckets.page(
            project,
            call.query.get("prefix", ""),
            call.query.get("pageToken", ""),
            limit + 1,
        )
        shown: dict[str, object] = {"kind": "storage#buckets"}
        if found:
            shown["items"] = [bucket.resource() for bucket in found[:limit]]
        if len(found) > limit:
            shown["nextPageToken"] = found[limit - 1].name
        return Reply(resource=shown)

    def patch(self, call: Call, names: Mapping[str, str]) -> Reply:
        return self._change(call, names, replacing=False)

    def update(self, call: Call, names: Mapping[str, str]) -> Reply:
        return self._change(call, names, replacing=True)

    def delete(self, call: Call, names: Mapping[str, str]) -> Reply:
        self._store.delete_bucket(names["bucket"], call.preconditions())
        return Reply(status=204)

    def storage_layout(self, call: Call, names: Mapping[str, str]) -> Reply:
        bucket = self._store.buckets.get(names["bucket"])
        return Reply(
            resource={
                "kind": "storage#storageLayout",
                "bucket": bucket.name,
                "location": bucket.location,
                "locationType": bucket.location_type,
                "hierarchicalNamespace": {"enabled": False},
            }
        )

    def managed_folders(self, call: Call, names: Mapping[str, str]) -> Reply:
        # There are none, but `gcloud storage rm --recursive` asks.
        self._store.buckets.get(names["bucket"])
        return Reply(resource={"kind": "storage#managedFolders"})

    def anywhere_caches(self, call: Call, names: Mapping[str, str]) -> Reply:
        # There are none, but Terraform's provider asks before it empties a bucket,
        # and doesn't empty it after an error.
        self._store.buckets.get(names["bucket"])
        return Reply(resource={"kind": "storage#anywhereCaches"})

    def _project(self, call: Call) -> str:
        project = call.query.get("project")
        if not project:
            raise RequiredError("Required parameter: project")
        if not self._has_project(project):
            raise InvalidError(f"Unknown project id: {project}")
        return project

    def _change(
        self, call: Call, names: Mapping[str, str], *, replacing: bool
    ) -> Reply:
        settings = call.json()
        labels = settings.get("labels") or {}
        if not isinstance(labels, Mapping):
            raise InvalidError("Invalid value for: labels")
        return _shown(
            self._store.buckets.change(
                names["bucket"], settings, call.preconditions(), replacing=replacing
            )
        )


def _shown(bucket: Bucket) -> Reply:
    return Reply(resource=bucket.resource(), headers={"ETag": bucket.etag})
