"""
An event as the message that its notification asks for.

https://cloud.google.com/storage/docs/pubsub-notifications#format
"""

import json

from localcloud.storage.disk.notifications import (
    EVENT_NAMES,
    Notification,
    PayloadFormat,
)
from localcloud.storage.disk.outbox import EventType, StorageEvent


def attributes(event: StorageEvent, told: Notification) -> dict[str, str]:
    """
    The attributes of the message; the service's own win over a user's.
    """
    shown = {
        **told.attributes,
        "notificationConfig": told.name,
        "eventType": EVENT_NAMES[event.type],
        "payloadFormat": told.payload_format.value,
        "bucketId": event.bucket,
        "objectId": event.resource["name"],
        "objectGeneration": event.resource["generation"],
        "eventTime": event.time,
    }
    if event.counterpart is not None:
        finalized = event.type is EventType.FINALIZED
        key = "overwroteGeneration" if finalized else "overwrittenByGeneration"
        shown[key] = str(event.counterpart)
    return shown


def payload(event: StorageEvent, told: Notification) -> bytes:
    """
    The data of the message: the object's resource, or nothing.
    """
    if told.payload_format is PayloadFormat.NONE:
        return b""
    text = json.dumps(event.resource, indent=2, ensure_ascii=False)
    return f"{text}\n".encode("utf-8", "replace")
