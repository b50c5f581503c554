"""
Who may do what: IAM policies and ACLs, as far as the local cloud knows of them.

Policies are kept and told, and enforced by nobody: what the deployment's accounts may
do is in its grants. ACLs are told as the service makes them, and can't be changed.
"""

from collections.abc import Callable, Iterable, Mapping

from aiohttp import hdrs

from localcloud import grants
from localcloud.permits import account_of
from localcloud.projects import project_number
from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.disk.resources import API, Bucket, agent_of, etag_of
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import (
    InvalidError,
    RequiredError,
    UnsupportedError,
)

# The predefined ACL of new buckets and objects: the basic roles of the project.
_PROJECT_PRIVATE = (("owners", "OWNER"), ("editors", "OWNER"), ("viewers", "READER"))


Held = Callable[[str, Iterable[str], str], list[str]]
"""
Which of some permissions an account has on a resource.
"""


class AccessMethods:
    """
    Each method takes a call and what its path names.
    """

    def __init__(self, store: Store, held: Held) -> None:
        self._store = store
        self._held = held

    def get_policy(self, call: Call, names: Mapping[str, str]) -> Reply:
        return Reply(resource=self._store.policies.get(names["bucket"]))

    def set_policy(self, call: Call, names: Mapping[str, str]) -> Reply:
        return Reply(resource=self._store.policies.set(names["bucket"], call.json()))

    def test_permissions(self, call: Call, names: Mapping[str, str]) -> Reply:
        """
        What of this the caller may do: an owner everything with its own buckets.
        """
        self._store.buckets.get(names["bucket"])
        asked = call.repeated("permissions")
        if not asked:
            raise RequiredError("Required parameter: permissions")
        for permission in asked:
            if not permission.startswith("storage."):
                raise InvalidError(f"Invalid permission: '{permission}'")
        account = account_of(call.headers.get(hdrs.AUTHORIZATION))
        held = self._held(account, asked, grants.bucket(names["bucket"]))
        shown: dict[str, object] = {"kind": "storage#testIamPermissionsResponse"}
        if held:
            shown["permissions"] = held
        return Reply(resource=shown)

    def bucket_acl(self, call: Call, names: Mapping[str, str]) -> Reply:
        return self._acl(names["bucket"], "bucketAccessControl", "acl")

    def default_acl(self, call: Call, names: Mapping[str, str]) -> Reply:
        return self._acl(names["bucket"], "objectAccessControl", "defaultObjectAcl")

    def object_acl(self, call: Call, names: Mapping[str, str]) -> Reply:
        found = self._store.objects.get(
            names["bucket"], names["object"], call.integer("generation")
        )
        return self._acl(found.bucket, "objectAccessControl", "acl")

    def refuse(self, call: Call, names: Mapping[str, str]) -> Reply:
        """
        What would change who may do what, for one object or by ACL.
        """
        raise UnsupportedError("changes of ACLs, and policies of single objects")

    def service_account(self, call: Call, names: Mapping[str, str]) -> Reply:
        return Reply(
            resource={
                "kind": "storage#serviceAccount",
                "email_address": agent_of(names["project"]),
            }
        )

    def _acl(self, name: str, kind: str, collection: str) -> Reply:
        bucket = self._store.buckets.get(name)
        if bucket.uniform_access:
            raise InvalidError(
                "Cannot get legacy ACLs for a bucket that has uniform bucket-level "
                "access. Read more at https://cloud.google.com/storage/docs/"
                "uniform-bucket-level-access"
            )
        items = [
            {
                "kind": f"storage#{kind}",
                "bucket": name,
                "entity": entity,
                "role": role,
                "projectTeam": {"projectNumber": number, "team": team},
                "etag": etag_of(bucket.metageneration),
                "selfLink": f"{API}/b/{name}/{collection}/{entity}",
            }
            for entity, role, number, team in _entities(bucket)
        ]
        return Reply(resource={"kind": f"storage#{kind}s", "items": items})


def _entities(bucket: Bucket) -> list[tuple[str, str, str, str]]:
    number = project_number(bucket.project)
    return [
        (f"project-{team}-{number}", role, number, team)
        for team, role in _PROJECT_PRIVATE
    ]
