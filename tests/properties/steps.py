"""What several stories have in common."""

import contextlib
import json
from collections.abc import Iterator

from shared.drops import Drop
from shared.errors import CreateError
from shared.jobs import JobState
from tests.fakes import ROW
from tests.moments import losing_answers, settled
from tests.properties.world import World

# How second jobs end that poll after poll has shown.
CANCELLED = frozenset({JobState.CANCELLED})


def change(world: World, **changes: object) -> None:
    """Deploy again, with this one route."""
    route = {"prefix": "in/", "model": "gemini-2.5-flash", **changes}
    world.cloud.change(routes=json.dumps([route]))


def limit(world: World, **limits: int) -> None:
    routes = json.loads(world.cloud.settings.routes_json)
    world.cloud.change(routes=json.dumps([{**r, "limits": limits} for r in routes]))


def settle(world: World) -> None:
    world.cloud.wait(settled(world.cloud) + 1)


def unanswered_create(world: World) -> Drop:
    """A create makes a job, and nobody hears of it until it has settled."""
    drop = world.drop(ROW)
    with losing_answers(world.cloud):
        world.deliver()
    settle(world)
    return drop


@contextlib.contextmanager
def saying(world: World, error: type[CreateError], code: str) -> Iterator[None]:
    """Have Vertex AI answer every create so."""
    world.cloud.batches.answer = lambda: error(code, "said")
    yield
    world.cloud.batches.answer = None


def cancel(world: World) -> None:
    """Have the newest job cancelled by hand, if it is there."""
    for name in list(world.cloud.batches.jobs)[-1:]:
        world.cloud.batches.cancel_by_hand(name)


def poll_on(world: World) -> None:
    """Two polls, a minute apart."""
    for _ in range(2):
        world.tick()
        world.cloud.wait(60)


def put_back(world: World, drop: Drop) -> list[Drop]:
    """Have an operator put the drop back, and go on to its end."""
    world.put_back(drop)
    world.until_quiet()
    return [drop]
