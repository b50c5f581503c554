"""
Simulators and pools that are closed in the end.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.vertex.job_world import World
from tests.unit.vertex.row_pool import Pool

MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    """
    Makes simulators, each in a folder of its own.
    """
    made: list[World] = []

    def make(**settings: Any) -> World:
        world = World(tmp_path / f"world-{len(made)}", **settings)
        made.append(world)
        return world

    yield make
    for world in made:
        world.store.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.finish()
