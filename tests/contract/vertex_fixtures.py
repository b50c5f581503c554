"""
One simulator for all contract tests that don't need one of their own.
"""

from collections.abc import Iterator

import pytest

from tests.contract.vertex_server import RunningVertex, running_vertex


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVertex]:
    """
    A quick simulator; tests take names that no other takes.
    """
    with running_vertex(tmp_path_factory.mktemp("vertex")) as vertex:
        yield vertex
