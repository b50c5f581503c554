"""What the methods of the port `Objects` do, to be tried under whatever may come."""

from collections.abc import Callable

from shared.ports import Objects
from tests.contract.objects_weather import Ground


def names(ground: Ground, bucket: str, prefix: str = "") -> list[str]:
    return [info.name for info in ground.objects.list(bucket, prefix)]


def streamed(objects: Objects, bucket: str, name: str, generation: int) -> bytes:
    pieces: list[bytes] = []
    objects.stream(bucket, name, generation, pieces.append)
    return b"".join(pieces)


Act = Callable[[Ground, str, int], object]

ACTS: dict[str, Act] = {
    "read": lambda g, name, _: g.objects.read(g.state, name),
    "write": lambda g, name, generation: g.objects.write(
        g.state, name, b"new", if_generation=generation
    ),
    "annotate": lambda g, name, _: g.objects.annotate(g.state, name, {"x": "new"}),
    "delete": lambda g, name, generation: g.objects.delete(
        g.state, name, if_generation=generation
    ),
    "list": lambda g, name, _: names(g, g.state, name),
    "info": lambda g, name, _: g.objects.info(g.state, name),
    "stream": lambda g, _, generation: streamed(g.objects, g.inbox, "a", generation),
    "copy": lambda g, _, generation: g.objects.copy(
        (g.inbox, "a", generation), (g.work, "a")
    ),
}


def prepared(ground: Ground, act: str) -> int:
    """Something to act on; its generation."""
    if act in ("stream", "copy"):
        return ground.upload("a", b"old")
    return ground.objects.write(ground.state, "a", b"old", if_generation=0).generation
