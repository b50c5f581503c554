"""
google.iam.v1.IAMPolicy: who may do what with a topic or a subscription.

Policies are kept and given back, and enforced by nobody: what the deployment's
accounts may do is in its grants, and every other account is an owner.
"""

from hashlib import sha256

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.refusals import Code, RefusedError, invalid, unimplemented
from localcloud.pubsub.wire import (
    Policy,
    Reply,
    Request,
    TestIamPermissionsResponse,
)

# What the service answers while nobody has set any: "ACAB" in JSON.
_FIRST_ETAG = b"\x00\x20\x01"
# https://cloud.google.com/pubsub/docs/access-control#required_permissions
_VERBS = {
    "topics": (
        *("attachSubscription", "delete", "detachSubscription", "get", "getIamPolicy"),
        *("publish", "setIamPolicy", "update", "updateTag"),
    ),
    "subscriptions": (
        *("consume", "delete", "get", "getIamPolicy", "setIamPolicy", "update"),
    ),
}


class Policies:
    """
    The policies of topics and subscriptions, as they were last set.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def get_iam_policy(self, request: Request) -> Reply:
        self._kind_of(request.resource)
        return self._policy(request.resource)

    def set_iam_policy(self, request: Request) -> Reply:
        """
        An etag that isn't the last one is ABORTED; without one the last wins.
        """
        self._kind_of(request.resource)
        if request.policy.etag not in (b"", self._policy(request.resource).etag):
            raise RefusedError(
                Code.ABORTED,
                "There were concurrent policy changes. Please retry the whole "
                "read-modify-write with exponential backoff.",
            )
        policy = Policy()
        policy.CopyFrom(request.policy)
        policy.version = policy.version or 1
        policy.etag = b""
        policy.etag = sha256(policy.SerializeToString(deterministic=True)).digest()[:8]
        self._broker.policies.put_policy(request.resource, policy.SerializeToString())
        return policy

    def test_iam_permissions(self, request: Request) -> Reply:
        kind = self._kind_of(request.resource)
        known = [f"pubsub.{kind}.{verb}" for verb in _VERBS[kind]]
        for permission in request.permissions:
            if permission not in known:
                raise invalid(
                    f"Permission {permission} is not valid for this resource."
                )
        return TestIamPermissionsResponse(permissions=request.permissions)

    def _policy(self, resource: str) -> Reply:
        kept = self._broker.policies.policy(resource)
        return Policy.FromString(kept) if kept else Policy(etag=_FIRST_ETAG)

    def _kind_of(self, resource: str) -> str:
        match resource.split("/"):
            case ["projects", _, "topics", _]:
                self._broker.topics.find(resource)
                return "topics"
            case ["projects", _, "subscriptions", _]:
                self._broker.subscriptions.find(resource)
                return "subscriptions"
            case ["projects", _, "snapshots" | "schemas" as missing, _]:
                raise unimplemented(missing)
        raise invalid(f"Invalid resource name given (name={resource}).")
