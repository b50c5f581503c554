"""
Which operation of the JSON API a path and a method name.

The operations carry the names of the service's own methods, which are also those
of the permissions that they need.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from localcloud.storage.rules.errors import NotFoundError


class Operation(StrEnum):
    """
    A method of the JSON API.
    """

    ACL_GET_BUCKET = "storage.buckets.getAcl"
    ACL_GET_DEFAULT = "storage.buckets.getDefaultAcl"
    ACL_GET_OBJECT = "storage.objects.getAcl"
    ACL_REFUSED = "storage.acls.update"
    ANYWHERE_CACHES_LIST = "storage.anywhereCaches.list"
    BATCH = "storage.batch"
    BUCKETS_DELETE = "storage.buckets.delete"
    BUCKETS_GET = "storage.buckets.get"
    BUCKETS_GET_STORAGE_LAYOUT = "storage.buckets.getStorageLayout"
    BUCKETS_GET_IAM_POLICY = "storage.buckets.getIamPolicy"
    BUCKETS_INSERT = "storage.buckets.create"
    BUCKETS_LIST = "storage.buckets.list"
    BUCKETS_PATCH = "storage.buckets.patch"
    BUCKETS_SET_IAM_POLICY = "storage.buckets.setIamPolicy"
    BUCKETS_TEST_IAM_PERMISSIONS = "storage.buckets.testIamPermissions"
    BUCKETS_UPDATE = "storage.buckets.update"
    MANAGED_FOLDERS_LIST = "storage.managedFolders.list"
    NOTIFICATIONS_DELETE = "storage.notifications.delete"
    NOTIFICATIONS_GET = "storage.notifications.get"
    NOTIFICATIONS_INSERT = "storage.notifications.create"
    NOTIFICATIONS_LIST = "storage.notifications.list"
    OBJECTS_COMPOSE = "storage.objects.compose"
    OBJECTS_COPY = "storage.objects.copy"
    OBJECTS_DELETE = "storage.objects.delete"
    OBJECTS_GET = "storage.objects.get"
    OBJECTS_INSERT = "storage.objects.create"
    OBJECTS_LIST = "storage.objects.list"
    OBJECTS_MOVE = "storage.objects.move"
    OBJECTS_PATCH = "storage.objects.patch"
    OBJECTS_RESTORE = "storage.objects.restore"
    OBJECTS_REWRITE = "storage.objects.rewrite"
    OBJECTS_UPDATE = "storage.objects.update"
    SERVICE_ACCOUNT_GET = "resourcemanager.projects.get"


_BUCKETS = "storage/v1/b"
_BUCKET = f"{_BUCKETS}/{{bucket}}"
_OBJECTS = f"{_BUCKET}/o"
_OBJECT = f"{_OBJECTS}/{{object}}"
_NOTIFICATIONS = f"{_BUCKET}/notificationConfigs"
_NOTIFICATION = f"{_NOTIFICATIONS}/{{notification}}"
_IAM = f"{_BUCKET}/iam"
_TARGET = "b/{targetBucket}/o/{targetObject}"
_UPLOADS = f"upload/{_OBJECTS}"
_TEMPLATES = (
    ("GET", _BUCKETS, Operation.BUCKETS_LIST),
    ("POST", _BUCKETS, Operation.BUCKETS_INSERT),
    ("GET", _BUCKET, Operation.BUCKETS_GET),
    ("PATCH", _BUCKET, Operation.BUCKETS_PATCH),
    ("PUT", _BUCKET, Operation.BUCKETS_UPDATE),
    ("DELETE", _BUCKET, Operation.BUCKETS_DELETE),
    ("GET", f"{_BUCKET}/storageLayout", Operation.BUCKETS_GET_STORAGE_LAYOUT),
    ("GET", f"{_BUCKET}/managedFolders", Operation.MANAGED_FOLDERS_LIST),
    # With the slash that Terraform's provider ends it with.
    ("GET", f"{_BUCKET}/anywhereCaches", Operation.ANYWHERE_CACHES_LIST),
    ("GET", f"{_BUCKET}/anywhereCaches/", Operation.ANYWHERE_CACHES_LIST),
    ("GET", _IAM, Operation.BUCKETS_GET_IAM_POLICY),
    ("PUT", _IAM, Operation.BUCKETS_SET_IAM_POLICY),
    ("GET", f"{_IAM}/testPermissions", Operation.BUCKETS_TEST_IAM_PERMISSIONS),
    ("GET", f"{_BUCKET}/acl", Operation.ACL_GET_BUCKET),
    ("GET", f"{_BUCKET}/defaultObjectAcl", Operation.ACL_GET_DEFAULT),
    ("GET", f"{_OBJECT}/acl", Operation.ACL_GET_OBJECT),
    ("POST", f"{_BUCKET}/acl", Operation.ACL_REFUSED),
    ("POST", f"{_BUCKET}/defaultObjectAcl", Operation.ACL_REFUSED),
    ("POST", f"{_OBJECT}/acl", Operation.ACL_REFUSED),
    ("PUT", f"{_OBJECT}/iam", Operation.ACL_REFUSED),
    ("GET", _NOTIFICATIONS, Operation.NOTIFICATIONS_LIST),
    ("POST", _NOTIFICATIONS, Operation.NOTIFICATIONS_INSERT),
    ("GET", _NOTIFICATION, Operation.NOTIFICATIONS_GET),
    ("DELETE", _NOTIFICATION, Operation.NOTIFICATIONS_DELETE),
    (
        "GET",
        "storage/v1/projects/{project}/serviceAccount",
        Operation.SERVICE_ACCOUNT_GET,
    ),
    ("GET", _OBJECTS, Operation.OBJECTS_LIST),
    ("GET", _OBJECT, Operation.OBJECTS_GET),
    ("HEAD", _OBJECT, Operation.OBJECTS_GET),
    ("PATCH", _OBJECT, Operation.OBJECTS_PATCH),
    ("PUT", _OBJECT, Operation.OBJECTS_UPDATE),
    ("DELETE", _OBJECT, Operation.OBJECTS_DELETE),
    ("POST", f"{_OBJECT}/rewriteTo/{_TARGET}", Operation.OBJECTS_REWRITE),
    ("POST", f"{_OBJECT}/copyTo/{_TARGET}", Operation.OBJECTS_COPY),
    ("POST", f"{_OBJECT}/moveTo/o/{{targetObject}}", Operation.OBJECTS_MOVE),
    ("POST", f"{_OBJECT}/restore", Operation.OBJECTS_RESTORE),
    ("POST", f"{_OBJECT}/compose", Operation.OBJECTS_COMPOSE),
    ("GET", f"download/{_OBJECT}", Operation.OBJECTS_GET),
    ("HEAD", f"download/{_OBJECT}", Operation.OBJECTS_GET),
    ("POST", _UPLOADS, Operation.OBJECTS_INSERT),
    ("PUT", _UPLOADS, Operation.OBJECTS_INSERT),
    ("DELETE", _UPLOADS, Operation.OBJECTS_INSERT),
    # Sessions that some clients begin here are answered with the path above.
    ("POST", f"resumable/{_UPLOADS}", Operation.OBJECTS_INSERT),
    ("PUT", f"resumable/{_UPLOADS}", Operation.OBJECTS_INSERT),
    ("DELETE", f"resumable/{_UPLOADS}", Operation.OBJECTS_INSERT),
    ("POST", "batch", Operation.BATCH),
    ("POST", "batch/storage/v1", Operation.BATCH),
)
_ROUTES = [
    (method, tuple(template.split("/")), operation)
    for method, template, operation in _TEMPLATES
]
_FIRST_SEGMENTS = {parts[0] for _, parts, _ in _ROUTES}


def is_json_api(path: Sequence[str]) -> bool:
    """
    Whether a path belongs to the JSON API; all others are the XML API's buckets.
    """
    if path[0] == "batch":
        return len(path) == 1 or path[1] == "storage"
    return path[0] in _FIRST_SEGMENTS and "v1" in path[1:4]


def find_operation(
    method: str, path: tuple[str, ...]
) -> tuple[Operation, Mapping[str, str]]:
    """
    The operation, and what the path names; NotFoundError if there is none.
    """
    for route_method, parts, operation in _ROUTES:
        if route_method != method or len(parts) != len(path):
            continue
        names = {}
        for part, given in zip(parts, path, strict=True):
            if part.startswith("{"):
                if not given:
                    break
                names[part[1:-1]] = given
            elif part != given:
                break
        else:
            return operation, names
    raise NotFoundError
