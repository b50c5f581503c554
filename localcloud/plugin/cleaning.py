"""
A local cloud made empty again, by the calls that any client could make.
"""

from urllib.parse import quote

from localcloud.plugin.calls import CallError, DoorCalls

_STORAGE = "storage.googleapis.com"
_PUBSUB = "pubsub.googleapis.com"


def create_bucket(calls: DoorCalls, project: str, name: str, location: str) -> None:
    """
    Make an empty bucket that forgets what is deleted in it.
    """
    calls.call(
        "POST",
        _STORAGE,
        "/storage/v1/b",
        {
            "name": name,
            "location": location,
            "softDeletePolicy": {"retentionDurationSeconds": "0"},
        },
        project=project,
    )


def delete_bucket(calls: DoorCalls, name: str) -> None:
    """
    Delete a bucket and all that it holds; nothing happens if it is gone.
    """
    path = f"/storage/v1/b/{quote(name, safe='')}"
    try:
        for found in list(calls.pages(_STORAGE, f"{path}/o", "items", versions="true")):
            calls.call(
                "DELETE",
                _STORAGE,
                f"{path}/o/{quote(found['name'], safe='')}",
                generation=found["generation"],
            )
        calls.call("DELETE", _STORAGE, path)
    except CallError as error:
        if error.status != 404:
            raise


def delete_buckets(calls: DoorCalls, project: str) -> None:
    """
    Delete all buckets of a project.
    """
    found = calls.pages(_STORAGE, "/storage/v1/b", "items", project=project)
    for bucket in list(found):
        delete_bucket(calls, bucket["name"])


def delete_topics(calls: DoorCalls, project: str) -> None:
    """
    Delete all topics and subscriptions of a project.
    """
    for what in ("subscriptions", "topics"):
        path = f"/v1/projects/{project}/{what}"
        for found in list(calls.pages(_PUBSUB, path, what)):
            calls.call("DELETE", _PUBSUB, f"/v1/{found['name']}")
