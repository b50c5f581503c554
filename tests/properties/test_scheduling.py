"""What takes turns is told of if it keeps its turn for ever."""

import pytest

from tests.properties import scheduling
from tests.properties.scheduling import Process, StuckError


@pytest.mark.parametrize("calls", [0, 1])
def test_a_process_that_keeps_its_turn_is_ended(
    calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it takes whatever goes wrong for an answer."""
    monkeypatch.setattr(scheduling, "_PATIENCE_SECONDS", 0.1)

    def work() -> None:
        for _ in range(calls):
            process.wait_for_turn("a call")
        while True:
            try:
                while True:
                    pass
            except Exception:  # noqa: BLE001, S112  # as handlers do
                continue

    process = Process(work)
    if calls:
        process.start()

    with pytest.raises(StuckError):
        process.go()

    assert process.done
