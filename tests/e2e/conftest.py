"""The pipeline on a local cloud of its own, ten times as fast as it runs by itself."""

import contextlib
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


# The pipeline that tests share which come one after the other, while there is one.
_SHARED: list[Pipeline] = []
_ENDS = contextlib.ExitStack()


def _shared(temporary: pytest.TempPathFactory) -> Pipeline:
    if not _SHARED:
        folder = temporary.mktemp("pipeline")
        # One route in each place where jobs may run.
        regional = {"prefix": "regional/", "model": "gemini-2.5-flash"}
        routes = folder / "routes.json"
        routes.write_text(json.dumps([*DEFAULT_ROUTES, regional]))
        given = ("--speed", "10", "--routes", str(routes))
        cloud = _ENDS.enter_context(running_cloud(folder / "data", *given))
        _SHARED.append(_ENDS.enter_context(pipeline(cloud)))
        _ENDS.callback(_SHARED.clear)
    return _SHARED[0]


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """
    A pipeline that many tests share: use names that no other test uses.
    """
    shared = _shared(tmp_path_factory)
    with at_the_door(shared.cloud):
        yield shared
        shared.faults()
        shared.disturb()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """
    End it where the next test is another's: it polls ten times as often as others do.
    """
    if "running" not in getattr(nextitem, "fixturenames", ()):
        _ENDS.close()


def pytest_sessionfinish() -> None:
    """
    End it where the run breaks off.
    """
    _ENDS.close()
