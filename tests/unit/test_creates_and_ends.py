"""What Vertex AI answers to a create, and how its job ends."""

import pytest

from shared.errors import CreateHeldError, CreateRefusedError, CreateUnknownError
from shared.jobs import JobError, JobState, JobStats
from tests.fakes import ROW, FakeCloud
from tests.moments import message, settled


@pytest.mark.parametrize(
    ("state", "outcome", "reason"),
    [
        (JobState.FAILED, "failed", "job_failed"),
        (JobState.CANCELLED, "failed", "job_cancelled"),
        (JobState.EXPIRED, "failed", "job_expired"),
        (JobState.PARTIALLY_SUCCEEDED, "partial", "job_partially_succeeded"),
    ],
)
def test_each_final_state_ends_the_drop(
    state: JobState, outcome: str, reason: str
) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    (name,) = cloud.batches.jobs
    error = JobError(code="INTERNAL", message="System error.")

    cloud.batches.move(name, state, error=error)
    cloud.poll()

    said = message(cloud)
    assert (said["outcome"], said["reason"]) == (outcome, reason)
    assert said["error"]["message"] == "System error."
    assert said["jobs"][0]["state"] == f"JOB_STATE_{state.name}"
    assert cloud.open() == []


@pytest.mark.parametrize(
    "state",
    [s for s in JobState if not s.is_final],
)
def test_no_other_state_ends_it(state: JobState) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    (name,) = cloud.batches.jobs
    cloud.batches.move(name, state)

    for _ in range(3):
        cloud.poll()
        cloud.wait(3600)

    outcomes = {said["outcome"] for _, said in cloud.announcements.published}
    assert outcomes <= {"late"}
    assert len(cloud.open()) == 1


@pytest.mark.parametrize(
    ("successful", "failed", "missing"), [(2, 1, 0), (2, 0, 1), (1, 1, 1)]
)
def test_a_succeeded_job_with_failed_rows_is_partial(
    successful: int, failed: int, missing: int
) -> None:
    """And so is one with rows of which nothing is known."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop(ROW * 3))

    cloud.batches.finish(successful=successful, failed=failed)
    cloud.poll()

    said = message(cloud)
    assert (said["outcome"], said["reason"]) == ("partial", "rows_without_answer")
    assert said["counts"]["failed"] == failed
    assert said["counts"]["missing"] == missing


def test_an_unread_count_is_not_guessed() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(ROW * 3))
    (name,) = cloud.batches.jobs

    cloud.batches.move(name, JobState.SUCCEEDED)
    cloud.poll()

    said = message(cloud)
    assert said["outcome"] == "completed"
    assert said["counts_source"] is None
    assert said["counts"]["succeeded"] is None


def test_output_folders_are_found_where_the_job_does_not_name_them() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    folder = f"in/{drop.drop_id}/raw/s0a1/prediction-model-T/"
    cloud.objects.put("results", f"{folder}predictions.jsonl", b"")
    (name,) = cloud.batches.jobs

    cloud.batches.move(name, JobState.FAILED)
    cloud.poll()

    assert message(cloud)["raw_output_uris"] == [f"gs://results/{folder}"]


def test_a_create_that_is_refused_fails_the_drop() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateRefusedError("NOT_FOUND", "no such model")

    cloud.submit(cloud.drop())
    cloud.until_quiet()

    said = message(cloud)
    assert (said["outcome"], said["reason"]) == ("failed", "create_refused")
    assert said["error"] == {
        "code": "NOT_FOUND",
        "message": "no such model",
        "retryable": False,
    }


def test_a_create_that_is_held_is_tried_again_later() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(cloud.drop())

    cloud.faults.calls.clear()
    cloud.poll()
    # The markers, and the note of the route that waits.
    assert cloud.faults.calls == ["objects.list state", "objects.read state"]

    cloud.batches.answer = None
    cloud.until_quiet()
    assert len(cloud.batches.requests) == 1
    assert message(cloud)["outcome"] == "completed"


def test_a_route_that_is_switched_off_holds_its_drops_until_it_is_on() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="off/a.jsonl"))
    cloud.wait(3600)
    cloud.poll()
    assert cloud.batches.requests == []

    on = cloud.settings.routes_json.replace("false", "true")
    cloud.settings = FakeCloud(routes=on).settings
    cloud.until_quiet(seconds=700)

    assert message(cloud)["outcome"] == "completed"


def unknown() -> Exception:
    return CreateUnknownError("UNAVAILABLE", "reset")


@pytest.mark.parametrize("made", [True, False])
def test_a_create_of_unknown_outcome_makes_one_job_in_the_end(made: bool) -> None:
    cloud = FakeCloud()
    cloud.batches.create_unknown_with_job = made
    if not made:
        cloud.batches.answer = unknown
    cloud.submit(cloud.drop())
    cloud.batches.answer, cloud.batches.create_unknown_with_job = None, False

    cloud.wait(settled(cloud))
    cloud.poll()
    assert len(cloud.batches.requests) == int(made)

    cloud.until_quiet()
    assert len(cloud.batches.requests) == 1
    assert message(cloud)["outcome"] == "completed"


def test_a_twin_that_shows_up_late_is_cancelled_and_only_one_is_announced() -> None:
    cloud = FakeCloud()
    cloud.batches.create_unknown_with_job = True
    cloud.submit(cloud.drop())
    (hidden,) = cloud.batches.jobs
    cloud.batches.hidden.add(hidden)
    cloud.batches.create_unknown_with_job = False
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    cloud.poll()
    assert len(cloud.batches.jobs) == 2

    cloud.batches.hidden.clear()
    cloud.poll()

    assert cloud.batches.cancelled == [hidden]
    cloud.until_quiet(seconds=600)
    assert len(cloud.announcements.published) == 1


def test_a_job_whose_rows_are_not_all_counted_is_not_complete() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(ROW * 3))
    (name,) = cloud.batches.jobs

    stats = JobStats(successful=2, failed=0)
    cloud.batches.move(name, JobState.SUCCEEDED, stats=stats)
    cloud.poll()

    assert message(cloud)["outcome"] == "partial"
