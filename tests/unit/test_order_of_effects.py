"""What is written first, where only somebody who looks in between can tell."""

from collections.abc import Callable

from shared.errors import CreateHeldError
from shared.jobs import JobState
from shared.ledger import record_name
from shared.records import State
from shared.route_notes import decode_note, note_name
from tests.fakes import FakeCloud
from tests.moments import at_call, message, record, settled, the_job, unanswered


def held(look: Callable[[FakeCloud, str], None]) -> FakeCloud:
    """Have a drop held, and look before every call that somebody makes meanwhile."""
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "no")
    drop = cloud.drop()
    name = record_name(drop.drop_id)

    def on_call(_: str) -> None:
        if name in cloud.objects.names("state"):
            cloud.faults.on_call = lambda _: None
            look(cloud, drop.drop_id)
            cloud.faults.on_call = on_call

    cloud.faults.on_call = on_call
    cloud.submit(drop)
    assert record(cloud, drop.drop_id).state is State.HELD
    return cloud


def test_nothing_is_held_before_its_route_says_so() -> None:
    """All that comes would get in front of it."""
    seen = []

    def look(cloud: FakeCloud, drop_id: str) -> None:
        if record(cloud, drop_id).state is State.HELD:
            word = cloud.objects.live.get(("state", note_name("in/")))
            seen.append(word is not None and decode_note(word.content, "in/").is_held)

    held(look)

    assert seen
    assert all(seen)


def test_a_marker_says_held_only_of_what_is_held() -> None:
    """Who loses the race for the record has left no word that hides its drop."""
    seen = []

    def look(cloud: FakeCloud, drop_id: str) -> None:
        (marker,) = cloud.open()
        said = cloud.objects.live["state", marker].info.metadata["state"]
        seen.append((said, record(cloud, drop_id).state))

    cloud = held(look)

    assert seen
    assert all(state is State.HELD for said, state in seen if said == State.HELD)
    (marker,) = cloud.open()
    assert cloud.objects.info("state", marker).metadata["state"] == State.HELD


def test_a_twin_that_is_first_seen_when_the_job_has_ended_is_in_the_message() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    ours = the_job(cloud)
    twin = cloud.batches.create(cloud.batches.requests[0])
    cloud.batches.move(ours.name, JobState.SUCCEEDED)

    cloud.poll()

    (warning,) = message(cloud)["warnings"]
    assert (warning["code"], cloud.batches.cancelled) == ("second_job", [twin.name])


def test_the_others_of_an_adopted_job_are_named_before_they_are_ended() -> None:
    """What is CANCELLED already when it is found is not named."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    cloud.batches.make_again()
    _, second = cloud.batches.jobs
    cloud.wait(settled(cloud) + 1)
    named: list[tuple[str, ...]] = []

    at_call(
        cloud,
        "batches.cancel",
        lambda: named.append(record(cloud, drop.drop_id).twins),
    )
    cloud.poll()

    assert named == [(second,)]
