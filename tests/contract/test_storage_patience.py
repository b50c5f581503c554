"""How long the adapter waits for one object of Cloud Storage that fails."""

from pathlib import Path

import pytest
from google.api_core.retry import retry_base, retry_unary

from shared.adapters import storage_download
from shared.adapters.storage_patience import PATIENCE_SECONDS
from shared.errors import ServiceError
from tests import storage_weather
from tests.contract.objects_acts import ACTS, prepared
from tests.contract.objects_weather import real_ground

pytestmark = pytest.mark.filterwarnings(
    # Of connections that the client leaves open: see `refused_downloads`.
    "ignore:unclosed:ResourceWarning"
)


class _Hurried:
    """A clock for whom a sleep takes no time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize("act", ACTS)
def test_one_object_keeps_nobody_waiting_for_long(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Hurried()
    for module in (retry_base, retry_unary, storage_download):
        monkeypatch.setattr(module, "time", clock)
    with real_ground(tmp_path) as ground:
        generation = prepared(ground, act)
        ground.fail()

        with pytest.raises(ServiceError):
            ACTS[act](ground, "a", generation)

    assert max(clock.slept) <= 8
    # A stream is told after a sleep that it does not get on.
    longest = PATIENCE_SECONDS + (8 if act == "stream" else 0)
    assert 15 < clock.now <= longest


def test_the_weather_of_the_fake_waits_as_long_as_the_adapter() -> None:
    assert storage_weather.PATIENCE_SECONDS == PATIENCE_SECONDS == 30
