"""The main job on the fakes, dying at each call in turn."""

from collections.abc import Callable

import pytest

from shared.drops import Drop
from tests.fakes import ROW, FakeCloud
from tests.faults import Crash


def whole(cloud: FakeCloud, drop: Drop) -> None:
    cloud.submit(drop)
    cloud.poll()
    cloud.batches.finish(successful=2)
    cloud.poll()


def rejected(cloud: FakeCloud, drop: Drop) -> None:
    cloud.submit(drop)
    cloud.poll()


CONTENT: dict[object, bytes] = {whole: ROW * 2, rejected: b"{}\n"}


def calls_of(run: Callable[[FakeCloud, Drop], None]) -> int:
    cloud = FakeCloud()
    run(cloud, cloud.drop(CONTENT[run]))
    return len(cloud.faults.calls)


@pytest.mark.parametrize("run", [whole, rejected])
@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
@pytest.mark.parametrize("kept", [set(), {"work", "results"}], ids=["412", "403"])
def test_a_crash_at_any_call_loses_nothing_and_bills_once(
    run: Callable[[FakeCloud, Drop], None], when: str, kept: set[str]
) -> None:
    """
    Whichever outward call the process dies on, redelivery and polls end the
    drop with one job and one message, repeated only byte for byte; also where what
    is there and can't be overwritten is told as a 403 and not as a 412.
    """
    for number in range(calls_of(run)):
        cloud = FakeCloud()
        cloud.objects.kept = kept
        drop = cloud.drop(CONTENT[run])
        setattr(cloud.faults, when, number)
        with pytest.raises(Crash):
            run(cloud, drop)
        cloud.faults.crash_before = cloud.faults.crash_after = None
        cloud.submit(drop)
        cloud.until_quiet()

        assert len(cloud.batches.requests) == (0 if run is rejected else 1), number
        assert len({data for data, _ in cloud.announcements.published}) == 1, number
        assert cloud.open() == [], number
