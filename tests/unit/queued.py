"""Drops that wait in the queues of several routes, and what Vertex AI said to them."""

import json
from collections.abc import Callable, Iterable

from shared.errors import CreateHeldError, CreateUnknownError
from shared.route_notes import decode_note, note_name
from tests.fakes import FakeCloud
from tests.moments import settled
from tests.unit.hanging import submitted

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


def of_model(cloud: FakeCloud, model: str) -> int:
    return sum(each.model.endswith(f"/{model}") for each in cloud.batches.requests)


def hold(cloud: FakeCloud, names: Iterable[str]) -> None:
    """Have these wait for a quota that is there again by now."""
    cloud.batches.answer = exhausted
    submitted(cloud, names)
    cloud.batches.answer = None
    cloud.wait(cloud.settings.hold_max_seconds)


def two_routes(
    location: str = "us-central1", jobs: str = "", **more: object
) -> FakeCloud:
    """The model of `in/` is `m`, that of `good/` is `k`."""
    slow = {"prefix": "in/", "model": "m", **more}
    good = {"prefix": "good/", "model": "k", "location": location, **more}
    return FakeCloud(routes=json.dumps([slow, good]), jobs=jobs)


def doubt(cloud: FakeCloud, names: Iterable[str]) -> None:
    """Have these wait in doubt, their creates having made no job."""
    cloud.batches.answer = lambda: CreateUnknownError("INTERNAL", "lost")
    submitted(cloud, names)
    cloud.wait(settled(cloud) + 1)
    cloud.batches.answer = exhausted
    cloud.poll()
    cloud.batches.answer = None
