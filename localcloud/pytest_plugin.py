"""
Fixtures for tests of code that uses Google Cloud: a local cloud that Google's own
clients reach unchanged. docs/local-cloud/pytest.md says how to use them.

The local cloud runs in a process of its own, one for each process of tests, from the
first test that uses it to the end of the run; it ends with the process of tests in any
case, however that ends.
"""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from localcloud.plugin import options
from localcloud.plugin.cloud import LocalCloud, LocalPipeline
from localcloud.plugin.clouds import Clouds

__all__ = ["LocalCloud", "LocalPipeline"]

_CLOUDS = pytest.StashKey[Clouds]()


@pytest.fixture(scope="session")
def localcloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalCloud]:
    """
    Google's services on this machine, empty at first; a test that uses this fixture,
    directly or through others, runs with their environment variables.
    """
    folder = tmp_path_factory.mktemp("localcloud")
    with request.config.stash[_CLOUDS].bare(folder) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def localcloud_pipeline(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalPipeline]:
    """
    A local cloud with dropbatch's pipeline in it.
    """
    folder = tmp_path_factory.mktemp("localcloud-pipeline")
    with request.config.stash[_CLOUDS].pipeline(folder) as cloud:
        yield cloud


@pytest.fixture
def localcloud_bucket(localcloud: LocalCloud) -> Iterator[str]:
    """
    The name of an empty bucket for one test, which is deleted with all it holds.
    """
    name = localcloud.new_bucket()
    yield name
    localcloud.delete_bucket(name)


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_CLOUDS] = Clouds(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[_CLOUDS].begin(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    try:
        return (yield)
    finally:
        item.config.stash[_CLOUDS].end()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    with request.config.stash[_CLOUDS].setting_up(fixturedef):
        return (yield)
