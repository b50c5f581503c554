"""How Vertex AI ends a job, or answers a create, and what becomes of the drop."""

import pytest

from tests.e2e.pipeline import Pipeline, rows


@pytest.mark.parametrize(
    ("state", "outcome", "reason"),
    [
        ("JOB_STATE_FAILED", "failed", "job_failed"),
        ("JOB_STATE_CANCELLED", "failed", "job_cancelled"),
        ("JOB_STATE_EXPIRED", "failed", "job_expired"),
        ("JOB_STATE_PARTIALLY_SUCCEEDED", "partial", "job_partially_succeeded"),
    ],
)
def test_each_way_a_job_may_end_ends_its_drop(
    running: Pipeline, state: str, outcome: str, reason: str
) -> None:
    error = {"code": 13, "message": "System error. Please try this operation again."}
    script = {"state": state, "after_share": 0.5, "error": error}
    running.faults({"method": "RunBatchPredictionJob", "script": script})
    drop = running.drop(f"demo/{reason}.jsonl", rows(4))

    said = running.message(drop)

    assert (said["outcome"], said["reason"]) == (outcome, reason)
    assert said["jobs"][0]["state"] == state
    if outcome == "failed":
        assert said["error"]["retryable"]


def test_a_model_that_does_not_exist_is_the_services_word(running: Pipeline) -> None:
    missing = {
        "method": "CreateBatchPredictionJob",
        "error": {
            "code": "NOT_FOUND",
            "message": "The PublisherModel x does not exist.",
        },
        "times": 1,
    }
    running.faults(missing)
    drop = running.drop("demo/no model.jsonl", rows(1))

    said = running.message(drop)

    assert said["reason"] == "create_refused"
    assert said["error"]["message"] == "The PublisherModel x does not exist."


def test_a_create_whose_answer_is_lost_makes_one_job(running: Pipeline) -> None:
    running.faults(
        {
            "method": "CreateBatchPredictionJob",
            "cut": True,
            "after_effect": True,
            "times": 1,
        }
    )
    drop = running.drop("demo/lost answer.jsonl", rows(1))

    said = running.message(drop, seconds=90)

    assert said["outcome"] == "completed"
    assert len(running.jobs(drop)) == 1


def test_a_create_that_is_told_to_wait_is_made_later(running: Pipeline) -> None:
    running.faults(
        {
            "method": "CreateBatchPredictionJob",
            "error": {"code": "RESOURCE_EXHAUSTED"},
            "times": 2,
        }
    )
    drop = running.drop("demo/held.jsonl", rows(1))

    assert running.message(drop)["outcome"] == "completed"
    assert len(running.jobs(drop)) == 1
