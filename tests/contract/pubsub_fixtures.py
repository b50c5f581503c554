"""
Each server of the Pub/Sub suites, started once for the run by whoever asks first.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contract.pubsub_servers import PubSub, Servers


@pytest.fixture(scope="session")
def pubsub_servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(params=["local", "emulator"])
def pubsub(pubsub_servers: Servers, request: pytest.FixtureRequest) -> PubSub:
    return pubsub_servers[request.param]


@pytest.fixture
def local_pubsub(pubsub_servers: Servers) -> PubSub:
    """
    Ours alone, for what the emulator does in another way than the service.
    """
    return pubsub_servers["local"]
