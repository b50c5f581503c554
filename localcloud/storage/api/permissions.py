"""
Which permissions each operation needs, of whom, and on what.

https://cloud.google.com/storage/docs/access-control/iam-json
"""

from collections.abc import Mapping
from dataclasses import dataclass

from localcloud.storage.api.operations import Operation
from localcloud.storage.rules.errors import StorageError

LIST = "storage.objects.list"
OVERWRITE = "storage.objects.delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """
    Permissions on the bucket that a path names first, on the bucket that it copies
    into, and on a project.

    An operation that makes a generation needs OVERWRITE besides, where it replaces
    one that is there.
    """

    bucket: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    project: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        """
        The permission that is asked for first; empty if none is needed.
        """
        return next(iter((*self.bucket, *self.target, *self.project)), "")


_COPY = Needs(bucket=("storage.objects.get",), target=("storage.objects.create",))

NEEDS: Mapping[Operation, Needs] = {
    Operation.ACL_GET_BUCKET: Needs(bucket=("storage.buckets.getIamPolicy",)),
    Operation.ACL_GET_DEFAULT: Needs(bucket=("storage.buckets.getIamPolicy",)),
    Operation.ACL_GET_OBJECT: Needs(bucket=("storage.objects.getIamPolicy",)),
    Operation.ACL_REFUSED: Needs(bucket=("storage.buckets.setIamPolicy",)),
    Operation.ANYWHERE_CACHES_LIST: Needs(bucket=("storage.anywhereCaches.list",)),
    # Each call in it needs what it needs by itself.
    Operation.BATCH: Needs(),
    Operation.BUCKETS_DELETE: Needs(bucket=("storage.buckets.delete",)),
    Operation.BUCKETS_GET: Needs(bucket=("storage.buckets.get",)),
    Operation.BUCKETS_GET_IAM_POLICY: Needs(bucket=("storage.buckets.getIamPolicy",)),
    Operation.BUCKETS_GET_STORAGE_LAYOUT: Needs(bucket=("storage.objects.list",)),
    Operation.BUCKETS_INSERT: Needs(project=("storage.buckets.create",)),
    Operation.BUCKETS_LIST: Needs(project=("storage.buckets.list",)),
    Operation.BUCKETS_PATCH: Needs(bucket=("storage.buckets.update",)),
    Operation.BUCKETS_SET_IAM_POLICY: Needs(bucket=("storage.buckets.setIamPolicy",)),
    Operation.BUCKETS_TEST_IAM_PERMISSIONS: Needs(),
    Operation.BUCKETS_UPDATE: Needs(bucket=("storage.buckets.update",)),
    Operation.MANAGED_FOLDERS_LIST: Needs(bucket=("storage.managedFolders.list",)),
    Operation.NOTIFICATIONS_DELETE: Needs(bucket=("storage.buckets.update",)),
    Operation.NOTIFICATIONS_GET: Needs(bucket=("storage.buckets.get",)),
    Operation.NOTIFICATIONS_INSERT: Needs(bucket=("storage.buckets.update",)),
    Operation.NOTIFICATIONS_LIST: Needs(bucket=("storage.buckets.get",)),
    Operation.OBJECTS_COMPOSE: Needs(
        bucket=("storage.objects.get", "storage.objects.create")
    ),
    Operation.OBJECTS_COPY: _COPY,
    Operation.OBJECTS_DELETE: Needs(bucket=("storage.objects.delete",)),
    Operation.OBJECTS_GET: Needs(bucket=("storage.objects.get",)),
    Operation.OBJECTS_INSERT: Needs(bucket=("storage.objects.create",)),
    Operation.OBJECTS_LIST: Needs(bucket=(LIST,)),
    Operation.OBJECTS_MOVE: Needs(
        bucket=("storage.objects.move", "storage.objects.create")
    ),
    Operation.OBJECTS_PATCH: Needs(bucket=("storage.objects.update",)),
    Operation.OBJECTS_RESTORE: Needs(
        bucket=("storage.objects.restore", "storage.objects.create")
    ),
    Operation.OBJECTS_REWRITE: _COPY,
    Operation.OBJECTS_UPDATE: Needs(bucket=("storage.objects.update",)),
    Operation.SERVICE_ACCOUNT_GET: Needs(project=("resourcemanager.projects.get",)),
}


class ForbiddenError(StorageError):
    """
    The caller may not do this with what the path names.
    """

    status = 403
    reason = "forbidden"
    xml_code = "AccessDenied"
    xml_message = "Access denied."

    def __init__(self, caller: str, permission: str) -> None:
        kind = "object"
        if permission == LIST or ".buckets." in permission:
            kind = "bucket"
        if permission in ("storage.buckets.create", "storage.buckets.list"):
            kind = "project"
        thing = "project" if kind == "project" else f"Storage {kind}"
        super().__init__(
            f"{caller} does not have {permission} access to the Google Cloud {thing}. "
            f"Permission '{permission}' denied on resource (or it may not exist)."
        )
