"""The functions behind the real framework, on a cloud in memory."""

import pytest
from flask.testing import FlaskClient

from shared import wiring
from tests.fakes import ENVIRONMENT, FakeCloud
from tests.handlers.serving import served


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNCTION_TARGET", "submit_job")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    wiring._settings.cache_clear()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> FakeCloud:
    cloud = FakeCloud()
    monkeypatch.setattr(wiring, "submission", cloud.submission)
    monkeypatch.setattr(wiring, "polling", cloud.polling)
    monkeypatch.setattr(wiring, "backstop", cloud.backstop)
    return cloud


@pytest.fixture
def submit() -> FlaskClient:
    return served("submit_job")


@pytest.fixture
def poll() -> FlaskClient:
    return served("poll_jobs")
