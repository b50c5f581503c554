from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.pubsub_servers import PubSub
from tests.contract.push_endpoint import Endpoint, push_endpoint
from tests.loop_thread import LoopThread
from tests.unit.pubsub.brokers import Bench
from tests.unit.pubsub.pushing import Restartable


@pytest.fixture
def bench_with(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """
    A broker whose one subscription has the settings that are given.
    """
    made: list[Bench] = []

    def make(**settings: Any) -> Bench:
        made.append(Bench(tmp_path / f"broker-{len(made)}", **settings))
        return made[-1]

    yield make
    for bench in made:
        bench.broker.close()


@pytest.fixture
def bench(bench_with: Callable[..., Bench]) -> Bench:
    return bench_with()


@pytest.fixture
def pushing_server(tmp_path: Path) -> Iterator[Restartable]:
    with LoopThread().running() as loop:
        running = Restartable(loop, tmp_path)
        yield running
        running.stop()


@pytest.fixture
def pushing(pushing_server: Restartable) -> Iterator[PubSub]:
    """
    Clients of a server that pushes.
    """
    clients = PubSub("local", pushing_server.local.address)
    yield clients
    clients.channel.close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with push_endpoint() as running:
        yield running
