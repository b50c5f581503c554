"""Drops that wait in the queues of several routes, and what Vertex AI said to them."""

from collections.abc import Callable

from shared.errors import CreateHeldError, CreateUnknownError
from shared.route_notes import decode_note, note_name
from tests.fakes import FakeCloud

ROUTES = """[
    {"prefix": "in/", "model": "m"},
    {"prefix": "other/", "model": "m"},
    {"prefix": "third/", "model": "m"},
    {"prefix": "fourth/", "model": "m"},
    {"prefix": "world/", "model": "m", "location": "global"}
]"""


def exhausted() -> Exception:
    return CreateHeldError("RESOURCE_EXHAUSTED", "quota")


def forbidden() -> Exception:
    return CreateHeldError("PERMISSION_DENIED", "no grant")


def unknown() -> Exception:
    return CreateUnknownError("UNAVAILABLE", "away")


def queued(
    *names: str, answer: Callable[[], Exception] = exhausted
) -> tuple[FakeCloud, list[str]]:
    """A cloud where all of these are held, the first of each route by an answer."""
    cloud = FakeCloud(routes=ROUTES)
    cloud.batches.answer = answer
    ids = []
    for name in names:
        drop = cloud.drop(name=name)
        cloud.submit(drop)
        ids.append(drop.drop_id)
        cloud.wait(1)
    cloud.wait(cloud.settings.hold_min_seconds)
    cloud.faults.calls.clear()
    return cloud, ids


def is_held(cloud: FakeCloud, route: str) -> bool:
    """Whether the route's note says that something of it waits."""
    content = cloud.objects.content("state", note_name(route))
    return decode_note(content, route).is_held
