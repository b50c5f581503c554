"""What a look at the inbox looks up once, and again: no drop is left out."""

import contextlib

import pytest

from shared.errors import RefusedError, ServiceError
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import at_call

HOUR = 3600


def looked(cloud: FakeCloud, times: int = 1) -> None:
    """Looks at the inbox, an hour before each."""
    for _ in range(times):
        cloud.wait(HOUR)
        cloud.look_at_inbox()


def called(cloud: FakeCloud, name: str) -> int:
    return cloud.faults.calls.count(name)


def test_a_look_with_nothing_to_do_is_three_calls() -> None:
    cloud = FakeCloud()

    looked(cloud)

    assert cloud.faults.calls == [
        "objects.info state",
        "objects.versions inbox",
        "objects.write state",
    ]


def test_a_drop_is_looked_up_by_two_looks_and_no_more() -> None:
    """
    Twice, since only a look that began after Cloud Storage wrote the last bookmark
    has surely seen all that it created before.
    """
    cloud = FakeCloud()
    looked(cloud, 2)
    cloud.submit(cloud.drop())

    looked_up = []
    for _ in range(5):
        cloud.wait(HOUR)
        looked_up.append(cloud.look_at_inbox().looked_up)

    assert sum(looked_up) in (1, 2)
    assert looked_up[2:] == [0, 0, 0]


@pytest.mark.parametrize("error", [ServiceError("503"), RefusedError("400")])
def test_one_drop_that_fails_stops_no_other_and_is_looked_up_again(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = FakeCloud()
    looked(cloud, 2)
    for number in (1, 2, 3):
        cloud.drop(name=f"in/{number}.jsonl")
        cloud.wait(1)
    cloud.wait(HOUR)
    # The first call is the bookmark's, the second the list, the third a drop's.
    cloud.faults.fail[len(cloud.faults.calls) + 2] = lambda: error

    failing = cloud.look_at_inbox()
    looked(cloud)
    later = cloud.look_at_inbox()

    assert (failing.claimed, failing.failed, later.failed) == (2, 1, 0)
    assert len(cloud.open()) == 3
    assert '"backstop_failed"' in capsys.readouterr().out


def test_a_bug_is_raised_after_the_others_and_hides_nothing() -> None:
    cloud = FakeCloud()
    for number in (1, 2):
        cloud.drop(name=f"in/{number}.jsonl")
    cloud.wait(HOUR)
    cloud.faults.fail[2] = lambda: ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        cloud.look_at_inbox()

    assert len(cloud.open()) == 1
    looked(cloud)
    assert len(cloud.open()) == 2


@pytest.mark.parametrize("call", range(6))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_look_that_dies_anywhere_hides_nothing(call: int, when: str) -> None:
    cloud = FakeCloud()
    cloud.drop()
    cloud.wait(HOUR)
    setattr(cloud.faults, f"crash_{when}", call)

    with contextlib.suppress(Crash):
        cloud.look_at_inbox()
    looked(cloud)
    cloud.until_quiet()

    assert len(cloud.announcements.published) == len(cloud.batches.jobs) == 1


def test_two_looks_at_once_claim_each_drop_once() -> None:
    cloud = FakeCloud()
    cloud.drop()
    cloud.wait(HOUR)
    at_call(cloud, "objects.versions inbox", cloud.look_at_inbox)

    cloud.look_at_inbox()
    cloud.until_quiet()

    assert len(cloud.announcements.published) == len(cloud.batches.jobs) == 1
