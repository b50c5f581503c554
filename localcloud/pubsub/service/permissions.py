"""
Which permissions each call needs, and on what.

https://cloud.google.com/pubsub/docs/access-control#required_permissions
"""

from collections.abc import Callable, Iterator, Mapping

from localcloud.pubsub.service.methods import (
    IAM,
    PUBLISHER,
    SCHEMAS,
    SUBSCRIBER,
)
from localcloud.pubsub.wire import Request

STREAMING_PULL = "StreamingPull"

# On what a call is about, on its project, on what it names beside, if it does, or on
# the topic of the subscription that it is about.
_ITSELF, _PROJECT, _TOPIC, _SNAPSHOT = "itself", "project", "topic", "snapshot"
_ITS_TOPIC = "its topic"

_CONSUME = ("pubsub.subscriptions.consume", _ITSELF)

NEEDS: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = {
    PUBLISHER: {
        "CreateTopic": (("pubsub.topics.create", _PROJECT),),
        "UpdateTopic": (("pubsub.topics.update", _ITSELF),),
        "GetTopic": (("pubsub.topics.get", _ITSELF),),
        "ListTopics": (("pubsub.topics.list", _PROJECT),),
        "ListTopicSubscriptions": (("pubsub.topics.get", _ITSELF),),
        "ListTopicSnapshots": (("pubsub.topics.get", _ITSELF),),
        "DeleteTopic": (("pubsub.topics.delete", _ITSELF),),
        "Publish": (("pubsub.topics.publish", _ITSELF),),
        "DetachSubscription": (("pubsub.topics.detachSubscription", _ITS_TOPIC),),
    },
    SUBSCRIBER: {
        "CreateSubscription": (
            ("pubsub.subscriptions.create", _PROJECT),
            ("pubsub.topics.attachSubscription", _TOPIC),
        ),
        "GetSubscription": (("pubsub.subscriptions.get", _ITSELF),),
        "UpdateSubscription": (("pubsub.subscriptions.update", _ITSELF),),
        "ListSubscriptions": (("pubsub.subscriptions.list", _PROJECT),),
        "DeleteSubscription": (("pubsub.subscriptions.delete", _ITSELF),),
        "ModifyAckDeadline": (_CONSUME,),
        "Acknowledge": (_CONSUME,),
        "Pull": (_CONSUME,),
        STREAMING_PULL: (_CONSUME,),
        "ModifyPushConfig": (("pubsub.subscriptions.update", _ITSELF),),
        "Seek": (_CONSUME, ("pubsub.snapshots.seek", _SNAPSHOT)),
        "GetSnapshot": (("pubsub.snapshots.get", _ITSELF),),
        "ListSnapshots": (("pubsub.snapshots.list", _PROJECT),),
        "CreateSnapshot": (("pubsub.snapshots.create", _PROJECT), _CONSUME),
        "UpdateSnapshot": (("pubsub.snapshots.update", _ITSELF),),
        "DeleteSnapshot": (("pubsub.snapshots.delete", _ITSELF),),
    },
    SCHEMAS: {
        "CreateSchema": (("pubsub.schemas.create", _PROJECT),),
        "GetSchema": (("pubsub.schemas.get", _ITSELF),),
        "ListSchemas": (("pubsub.schemas.list", _PROJECT),),
        "ListSchemaRevisions": (("pubsub.schemas.listRevisions", _ITSELF),),
        "CommitSchema": (("pubsub.schemas.commit", _ITSELF),),
        "RollbackSchema": (("pubsub.schemas.rollback", _ITSELF),),
        "DeleteSchemaRevision": (("pubsub.schemas.delete", _ITSELF),),
        "DeleteSchema": (("pubsub.schemas.delete", _ITSELF),),
        "ValidateSchema": (("pubsub.schemas.validate", _PROJECT),),
        "ValidateMessage": (("pubsub.schemas.validate", _PROJECT),),
    },
    IAM: {
        "GetIamPolicy": (("pubsub.{}.getIamPolicy", _ITSELF),),
        "SetIamPolicy": (("pubsub.{}.setIamPolicy", _ITSELF),),
        # Whoever calls is told what it may do.
        "TestIamPermissions": (),
    },
}

# The fields that name what a request is about, the nearest first.
_NAMES = (
    *("subscription", "name", "topic", "snapshot", "schema", "resource"),
    *("project", "parent"),
)


def resource_of(request: Request) -> str:
    """
    The name of what a request is about; empty if it has none.
    """
    for field in _NAMES:
        found = getattr(request, field, "")
        # An update's is the resource itself.
        name = getattr(found, "name", found)
        if name:
            return str(name)
    return ""


def needed(
    service: str, method: str, request: Request, *, topic_of: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """
    Each permission that a call needs, and the resource on which it needs it.

    `topic_of` says on which topic a subscription hangs; empty if on none. Who may
    detach such a one, or one that is not there, its project says.
    """
    resource = resource_of(request)
    parts = resource.split("/")
    for permission, on in NEEDS[service][method]:
        place = resource
        if on == _PROJECT:
            place = "/".join(parts[:2])
        elif on == _TOPIC:
            place = str(request.topic)
        elif on == _ITS_TOPIC:
            place = topic_of(resource) or resource
        elif on == _SNAPSHOT:
            place = str(request.snapshot)
            if not place:
                continue
        yield permission.format(parts[2] if len(parts) > 2 else "topics"), place
