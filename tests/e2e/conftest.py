"""The pipeline on a local cloud of its own, ten times as fast as it runs by itself."""

import json
from collections.abc import Iterator

import pytest

from localcloud.pipeline.deployment import DEFAULT_ROUTES
from tests.e2e.pipeline import Pipeline, pipeline
from tests.running_cloud import running_cloud


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("pipeline")
    # One route in each place where jobs may run.
    regional = {"prefix": "regional/", "model": "gemini-2.5-flash"}
    routes = folder / "routes.json"
    routes.write_text(json.dumps([*DEFAULT_ROUTES, regional]))
    with (
        running_cloud(
            folder / "data", "--speed", "10", "--routes", str(routes)
        ) as cloud,
        pipeline(cloud) as running,
    ):
        yield running
