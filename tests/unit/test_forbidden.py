"""
What a 403 does: everything waits for the grant, and nothing is lost or taken for done.
"""

from collections.abc import Callable

import pytest

from shared.drops import Drop
from shared.errors import CreateHeldError, ForbiddenError
from tests.fakes import FakeCloud
from tests.moments import fail_every, message


def _forbid(cloud: FakeCloud, call: str) -> None:
    fail_every(cloud, call, ForbiddenError("no grant"))


def _submit(cloud: FakeCloud, drop: Drop) -> None:
    cloud.submit(drop)


def _poll(cloud: FakeCloud, drop: Drop) -> None:
    cloud.submit(drop)
    cloud.batches.finish()
    assert cloud.poll().failed == 1
    raise ForbiddenError("told by the tick")


@pytest.mark.parametrize(
    ("call", "run"),
    [
        ("objects.write state", _submit),
        ("objects.info work", _submit),
        ("objects.stream inbox", _submit),
        ("objects.copy work", _submit),
        ("objects.write results", _poll),
        ("announcements.publish", _poll),
    ],
)
def test_what_is_forbidden_is_done_once_it_is_granted(
    call: str, run: Callable[[FakeCloud, Drop], None]
) -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    _forbid(cloud, call)
    with pytest.raises(ForbiddenError):
        run(cloud, drop)
    assert cloud.announcements.published == []

    cloud.faults.on_call = lambda _: None
    cloud.submit(drop)
    cloud.until_quiet()

    assert len(cloud.batches.requests) == 1
    assert message(cloud)["outcome"] == "completed"


def test_a_create_that_is_forbidden_is_held_until_it_is_granted() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("PERMISSION_DENIED", "no grant")
    cloud.submit(cloud.drop())
    for _ in range(5):
        cloud.wait(cloud.settings.hold_max_seconds)
        cloud.poll()
    assert cloud.batches.requests == []
    assert cloud.announcements.published == []

    cloud.batches.answer = None
    cloud.until_quiet()

    assert len(cloud.batches.requests) == 1
    assert message(cloud)["outcome"] == "completed"


def test_advice_that_is_forbidden_stops_nothing_and_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    _forbid(cloud, "objects.annotate state")

    cloud.submit(cloud.drop())
    cloud.until_quiet()

    assert '"event": "not_advised"' in capsys.readouterr().out
    assert message(cloud)["outcome"] == "completed"
