"""What the demo tells of a drop that takes long."""

import itertools

import pytest

from localcloud.demo.run import _ends
from localcloud.demo.story import TooLongError, tell
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import the_job


def test_a_late_drop_is_told_of_and_waited_for() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.move(the_job(cloud).name, JobState.PAUSED)
    cloud.poll()
    story = tell(
        drop.drop_id, ledger=cloud.ledger(), batches=cloud.batches, seconds=0.01
    )

    told = list(itertools.islice(story, 5))

    assert (told[-1].step, told[-1].detail) == ("late", "paused")
    with pytest.raises(TooLongError):
        next(story)


@pytest.mark.parametrize(
    ("outcome", "drop_id", "ends"),
    [("completed", "a", True), ("late", "a", False), ("completed", "b", False)],
)
def test_only_the_drops_last_message_is_shown(
    outcome: str, drop_id: str, ends: bool
) -> None:
    assert _ends({"ce-subject": drop_id, "outcome": outcome}, "a") is ends
