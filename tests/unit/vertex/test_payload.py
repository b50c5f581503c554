"""
Requests in JSON, as lenient and as strict as Google's front end.
"""

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st

from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.api.payload import parse_message, parse_object
from localcloud.vertex.api.protos import API_VERSIONS
from tests.unit.vertex.job_world import asked

ROOT = "batch_prediction_job"


def parsed(value: dict[str, Any], version: str = "v1") -> dict[str, Any]:
    return MessageToDict(parse_message(value, API_VERSIONS[version].job, ROOT))


def refusal(value: dict[str, Any], version: str = "v1") -> ApiError:
    with pytest.raises(ApiError) as refused:
        parsed(value, version)
    assert refused.value.code.name == "INVALID_ARGUMENT"
    return refused.value


def test_the_same_comes_out_that_went_in() -> None:
    assert parsed(asked()) == asked()


def test_a_lone_value_stands_for_a_list_of_one() -> None:
    sent = {"inputConfig": {"gcsSource": {"uris": "gs://b/o"}}}
    assert parsed(sent) == {"inputConfig": {"gcsSource": {"uris": ["gs://b/o"]}}}


def test_either_name_of_a_field_will_do() -> None:
    sent = {"display_name": "a", "input_config": {"instances_format": "jsonl"}}
    assert parsed(sent) == {
        "displayName": "a",
        "inputConfig": {"instancesFormat": "jsonl"},
    }


@pytest.mark.parametrize("state", ["JOB_STATE_RUNNING", 3])
def test_an_enum_is_a_name_or_a_number(state: str | int) -> None:
    assert parsed({"state": state}) == {"state": "JOB_STATE_RUNNING"}


def test_null_is_a_field_that_is_not_there() -> None:
    assert parsed({"displayName": None, "labels": None}) == {}


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (
            {"x": 1},
            'Invalid JSON payload received. Unknown name "x" at '
            "'batch_prediction_job': Cannot find field.",
        ),
        (
            {"inputConfig": {"gcsSource": {"uri": "gs://b/o"}}},
            'Invalid JSON payload received. Unknown name "uri" at '
            "'batch_prediction_job.input_config.gcs_source': Cannot find field.",
        ),
        (
            {"displayName": 7},
            "Invalid value at 'batch_prediction_job.display_name' (TYPE_STRING), 7",
        ),
        (
            {"generateExplanation": "yes"},
            "Invalid value at 'batch_prediction_job.generate_explanation' "
            '(TYPE_BOOL), "yes"',
        ),
        (
            {"inputConfig": {"gcsSource": {"uris": ["a", 1]}}},
            "Invalid value at 'batch_prediction_job.input_config.gcs_source.uris[1]' "
            "(TYPE_STRING), 1",
        ),
        (
            {"labels": {"a": 1}},
            "Invalid value at 'batch_prediction_job.labels[a].value' (TYPE_STRING), 1",
        ),
        ({"labels": "a=b"}, "Invalid value at 'batch_prediction_job.labels' (Map)"),
        (
            {"inputConfig": "gs://b/o"},
            "(type.googleapis.com/google.cloud.aiplatform.v1.BatchPredictionJob."
            'InputConfig), "gs://b/o"',
        ),
        ({"state": "RUNNING"}, '.JobState), "RUNNING"'),
        ({"state": True}, ".JobState), true"),
        (
            {
                "inputConfig": {
                    "gcsSource": {"uris": ["gs://b/o"]},
                    "bigquerySource": {"inputUri": "bq://a.b.c"},
                }
            },
            "Invalid value at 'batch_prediction_job.input_config' (oneof), oneof field "
            "'source' is already set. Cannot set 'bigquerySource'",
        ),
        ({"createTime": "yesterday"}, "Invalid JSON payload received."),
        ({"displayName": "\ud800"}, "Invalid JSON payload received."),
        ({"labels": {"\ud800": "a"}}, "Invalid JSON payload received."),
    ],
)
def test_what_is_wrong_is_named_in_googles_words(
    sent: dict[str, Any], message: str
) -> None:
    assert message in refusal(sent).message


def test_all_that_is_wrong_is_told_at_once() -> None:
    error = refusal({"a": 1, "b": 2, "displayName": 3})
    assert len(error.message.split("\n")) == 3
    assert len(error.details[0]["fieldViolations"]) == 3


def test_a_field_of_one_version_is_unknown_to_the_other() -> None:
    sent = {"endpoint": "projects/1/locations/us-central1/endpoints/2"}
    assert parsed(sent, "v1beta1") == sent
    assert 'Unknown name "endpoint"' in refusal(sent, "v1").message


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"7", b"null", b'"x"', b"\xff", b'{"a": NaN}', b"[" * 100_000],
)
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ApiError, match="Invalid JSON payload received"):
        parse_object(body)


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}"])
def test_no_body_is_an_empty_object(body: bytes) -> None:
    assert parse_object(body) == {}


_NAMES = st.sampled_from(
    [
        *("displayName", "labels", "inputConfig", "gcsSource", "uris", "state"),
        *("error", "details", "code", "modelParameters", "createTime", "x"),
        *("partialFailures", "explanationSpec", "metadata", "inputs", "@type"),
    ]
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner),
    max_leaves=20,
)


@given(st.dictionaries(_NAMES, _JSON))
def test_any_object_is_understood_or_refused(value: dict[str, Any]) -> None:
    body = parse_object(json.dumps(value).encode())
    try:
        parsed(body)
    except ApiError as error:
        assert error.code.name == "INVALID_ARGUMENT"  # noqa: PT017  # either will do
