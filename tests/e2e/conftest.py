"""The pipeline on a local cloud of its own, ten times as fast as it runs by itself."""

import json
import signal
from collections.abc import Iterator

import pytest

from localcloud.pipeline.deployment import DEFAULT_ROUTES
from tests.e2e.pipeline import Pipeline, pipeline
from tests.running_cloud import at_the_door, running_cloud

POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def heard() -> Iterator[None]:
    """
    None of these is ignored, as children would have it of whoever runs the tests: by
    nohup, or in the background of a script.
    """
    before = {each: signal.signal(each, signal.SIG_DFL) for each in POLITE}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.fixture(scope="session")
def one_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """
    One for the run: `running` is what tests ask for.
    """
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


@pytest.fixture
def running(one_pipeline: Pipeline) -> Iterator[Pipeline]:
    """
    A pipeline that many tests share: use names that no other test uses.
    """
    with at_the_door(one_pipeline.cloud):
        yield one_pipeline
        one_pipeline.faults()
        one_pipeline.disturb()
