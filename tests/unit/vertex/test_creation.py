"""
What a create refuses, and in which words.
"""

from dataclasses import replace
from typing import Any

import pytest

from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.jobs.creation import checked_spec
from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.job_world import asked, parent

KNOBS = Knobs()
GEMINI = "publishers/google/models/gemini-2.5-flash"
PROJECT = "projects/my-project/locations"


def refusal(
    sent: dict[str, Any], location: str = "us-central1", knobs: Knobs = KNOBS
) -> ApiError:
    with pytest.raises(ApiError) as refused:
        checked_spec(sent, parent(location), knobs)
    return refused.value


def fields(error: ApiError) -> list[str]:
    """
    The fields that an error names.
    """
    violations: list[dict[str, str]] = error.details[0]["fieldViolations"]
    return [violation["field"] for violation in violations]


def changed(path: str, value: Any) -> dict[str, Any]:
    """
    A good request with one field set, or (None) taken away.
    """
    sent = asked()
    *outer, last = path.split(".")
    inner = sent
    for name in outer:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return sent


def test_a_good_request_is_taken_as_it_is() -> None:
    assert checked_spec(asked(), parent(), KNOBS) == asked()


def test_what_only_the_service_sets_is_not_heard() -> None:
    theirs = {
        "name": "mine",
        "state": "JOB_STATE_SUCCEEDED",
        "createTime": "2020-01-01T00:00:00Z",
        "error": {"code": 3},
    }
    assert checked_spec(asked() | theirs, parent(), KNOBS) == asked()


def test_all_that_is_missing_is_listed() -> None:
    error = refusal({})
    assert error.http_status == 400
    assert fields(error) == [
        "batch_prediction_job.display_name",
        "batch_prediction_job.model",
        "batch_prediction_job.input_config",
        "batch_prediction_job.output_config",
    ]
    assert error.message.startswith(
        "List of found errors:\t1.Field: batch_prediction_job.display_name; Message: "
        "Required field is not set.\t2.Field: "
    )


INPUT, OUTPUT = (
    "batch_prediction_job.input_config",
    "batch_prediction_job.output_config",
)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("displayName", "x" * 129, "batch_prediction_job.display_name"),
        ("inputConfig.instancesFormat", None, f"{INPUT}.instances_format"),
        ("inputConfig.instancesFormat", "csv", f"{INPUT}.instances_format"),
        ("inputConfig.gcsSource", None, f"{INPUT}.gcs_source.uris"),
        ("inputConfig.gcsSource.uris", [], f"{INPUT}.gcs_source.uris"),
        ("inputConfig.gcsSource.uris", ["/a/b"], f"{INPUT}.gcs_source.uris"),
        ("inputConfig.gcsSource.uris", ["gs://bucket"], f"{INPUT}.gcs_source.uris"),
        ("inputConfig.bigquerySource", {"inputUri": "bq://a.b.c"}, INPUT),
        ("outputConfig.predictionsFormat", None, f"{OUTPUT}.predictions_format"),
        ("outputConfig.predictionsFormat", "csv", f"{OUTPUT}.predictions_format"),
        (
            "outputConfig.gcsDestination",
            None,
            f"{OUTPUT}.gcs_destination.output_uri_prefix",
        ),
        (
            "outputConfig.gcsDestination.outputUriPrefix",
            "/a/b",
            f"{OUTPUT}.gcs_destination.output_uri_prefix",
        ),
        ("outputConfig.bigqueryDestination", {"outputUri": "bq://a"}, OUTPUT),
        ("modelParameters", {"t": 1}, "batch_prediction_job.model_parameters"),
        (
            "instanceConfig",
            {"keyField": "key"},
            "batch_prediction_job.instance_config",
        ),
        ("serviceAccount", "a@b.c", "batch_prediction_job.service_account"),
        (
            "encryptionSpec",
            {"kmsKeyName": "k"},
            "batch_prediction_job.encryption_spec",
        ),
        ("labels", {"Key": "v"}, "batch_prediction_job.labels"),
        ("labels", {"1key": "v"}, "batch_prediction_job.labels"),
        ("labels", {"": "v"}, "batch_prediction_job.labels"),
        ("labels", {"k.k": "v"}, "batch_prediction_job.labels"),
        ("labels", {"k" * 65: "v"}, "batch_prediction_job.labels"),
        ("labels", {"k": "V"}, "batch_prediction_job.labels"),
        ("labels", {"k": "a b"}, "batch_prediction_job.labels"),
        ("labels", {"k": "v" * 65}, "batch_prediction_job.labels"),
        ("labels", {f"k{n}": "" for n in range(65)}, "batch_prediction_job.labels"),
        (
            "model",
            f"{PROJECT}/europe-west4/models/7",
            "batch_prediction_job.model",
        ),
        (
            "model",
            f"{PROJECT}/europe-west4/{GEMINI}",
            "batch_prediction_job.model",
        ),
    ],
)
def test_a_wrong_field_is_an_invalid_argument(
    path: str, value: Any, field: str
) -> None:
    error = refusal(changed(path, value))
    assert (error.http_status, error.code.name) == (400, "INVALID_ARGUMENT")
    assert fields(error) == [field]


def test_several_wrong_fields_are_told_at_once() -> None:
    sent = asked("x" * 129, labels={"K": "v"})
    assert len(fields(refusal(sent))) == 2


@pytest.mark.parametrize(
    "labels",
    [
        {"a": "", "a-b_c1": "1-_x", "größe": "straße", "鍵": "値"},
        {f"k{n}": "v" * 64 for n in range(64)},
    ],
)
def test_labels_are_of_any_script(labels: dict[str, str]) -> None:
    assert checked_spec(asked(labels=labels), parent(), KNOBS)["labels"] == labels


@pytest.mark.parametrize(
    ("model", "location"),
    [
        (GEMINI, "us-central1"),
        (GEMINI, "global"),
        (f"{GEMINI}@default", "us-central1"),
        ("publishers/google/models/gemini-2.0-flash-001", "us-central1"),
        ("publishers/google/models/gemini-3-pro-preview", "global"),
        ("publishers/google/models/gemini-3.1-flash-lite", "global"),
        (f"{PROJECT}/us-central1/{GEMINI}", "us-central1"),
        (f"{PROJECT}/us-central1/models/123", "us-central1"),
        (f"{PROJECT}/us-central1/models/123@2", "us-central1"),
    ],
)
def test_models_that_can_run(model: str, location: str) -> None:
    sent = asked() | {"model": model}
    assert checked_spec(sent, parent(location), KNOBS)["model"] == model


@pytest.mark.parametrize(
    "model",
    [
        "gemini-2.5-flash",
        "publishers/google/models/gemini-does-not-exist",
        "publishers/google/models/text-bison",
        "publishers/meta/models/llama-4",
        "models/gemini-2.5-flash",
    ],
)
def test_a_model_that_is_not_there_is_not_found(model: str) -> None:
    error = refusal(asked() | {"model": model})
    assert error.http_status == 404
    name = model.removeprefix("publishers/google/models/")
    if "meta" in model:
        name = "llama-4"
    assert error.message == f"The PublisherModel {name} does not exist."


@pytest.mark.parametrize("location", ["us-central1", "us", "eu"])
def test_newer_models_have_no_batch_but_in_global(location: str) -> None:
    sent = asked() | {"model": "publishers/google/models/gemini-3-flash-preview"}
    error = refusal(sent, location)
    assert (error.http_status, error.code.name) == (404, "NOT_FOUND")
    assert "MODEL_NOT_SUPPORTED_FOR_BATCH" in error.message
    everywhere = replace(KNOBS, global_only_models=())
    checked_spec(sent, parent(location), everywhere)


def test_tuned_models_do_not_run_in_global() -> None:
    sent = asked() | {"model": f"{PROJECT}/global/models/123"}
    assert refusal(sent, "global").http_status == 400


def test_unsupported_fields_may_be_ignored() -> None:
    knobs = replace(KNOBS, reject_unsupported_fields=False)
    sent = asked(serviceAccount="a@b.c")
    assert checked_spec(sent, parent(), knobs) == sent
    # What is empty says nothing, and is never refused.
    assert checked_spec(asked(modelParameters={}), parent(), KNOBS)
