"""
Buckets of other projects, which everybody may read and nobody here may change.
"""

from collections.abc import Collection, Mapping

from localcloud.door.tokens import UnknownTokenError, read_token
from localcloud.storage.api.operations import Operation
from localcloud.storage.rules.errors import StorageError

_READS = {
    Operation.BUCKETS_GET,
    Operation.BUCKETS_GET_STORAGE_LAYOUT,
    Operation.MANAGED_FOLDERS_LIST,
    Operation.OBJECTS_GET,
    Operation.OBJECTS_LIST,
}
# Operations that need a permission of another name, or whose bucket is the target's.
# https://cloud.google.com/storage/docs/access-control/iam-json
_PERMISSIONS = {
    Operation.BUCKETS_PATCH: "storage.buckets.update",
    Operation.OBJECTS_COMPOSE: "storage.objects.create",
    Operation.OBJECTS_COPY: "storage.objects.create",
    Operation.OBJECTS_PATCH: "storage.objects.update",
    Operation.OBJECTS_REWRITE: "storage.objects.create",
}
_COPIES = (Operation.OBJECTS_COPY, Operation.OBJECTS_REWRITE)


class ForbiddenError(StorageError):
    """
    The caller may not do this with what the path names.
    """

    status = 403
    reason = "forbidden"
    xml_code = "AccessDenied"
    xml_message = "Access denied."

    def __init__(self, caller: str, permission: str) -> None:
        kind = "bucket" if ".buckets." in permission else "object"
        super().__init__(
            f"{caller} does not have {permission} access to the Google Cloud Storage "
            f"{kind}. Permission '{permission}' denied on resource (or it may not "
            "exist)."
        )


class PublicBuckets:
    """
    Their names, and what is allowed of them.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)

    def anybody_may(self, operation: Operation, names: Mapping[str, str]) -> bool:
        """
        Whether a call needs no token.
        """
        return names.get("bucket") in self._names and operation in _READS

    def check(
        self, operation: Operation, names: Mapping[str, str], authorization: str
    ) -> None:
        """
        Raise ForbiddenError if a call would change one of them.
        """
        changed = names.get("targetBucket" if operation in _COPIES else "bucket")
        if changed in self._names and operation not in _READS:
            permission = _PERMISSIONS.get(operation, operation.value)
            raise ForbiddenError(_caller(authorization), permission)


def _caller(authorization: str) -> str:
    try:
        return read_token(authorization.partition(" ")[2].strip()).email
    except UnknownTokenError:
        return "Caller"
