"""The pipeline on a local cloud of its own, ten times as fast as it runs by itself."""

from collections.abc import Iterator

import pytest

from tests.e2e.pipeline import Pipeline, pipeline
from tests.running_cloud import running_cloud


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("pipeline") / "data"
    with running_cloud(folder, "--speed", "10") as cloud, pipeline(cloud) as running:
        yield running
