"""
What a client asks for, checked as the service does before it answers a create.

Nothing is read here: whether the bucket exists, and what is in it, shows later,
in the job.
"""

import re
from typing import Any

from localcloud.vertex.api.errors import ApiError, Code, invalid_fields
from localcloud.vertex.jobs.models import check_model
from localcloud.vertex.jobs.resource import OUTPUT_ONLY
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.names import Parent

_ROOT = "batch_prediction_job"
_REQUIRED = "Required field is not set."

# Features of models in the registry; of Gemini's batches the documentation says
# that they are not supported, or says nothing.
_UNSUPPORTED = {
    "modelParameters": "model_parameters",
    "instanceConfig": "instance_config",
    "dedicatedResources": "dedicated_resources",
    "manualBatchTuningParameters": "manual_batch_tuning_parameters",
    "generateExplanation": "generate_explanation",
    "explanationSpec": "explanation_spec",
    "encryptionSpec": "encryption_spec",
    "serviceAccount": "service_account",
    "unmanagedContainerModel": "unmanaged_container_model",
    "endpoint": "endpoint",
    "modelMonitoringConfig": "model_monitoring_config",
}
_GCS_URI = re.compile(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]/[^\r\n]+")
_GCS_PREFIX = re.compile(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[^\r\n]*)?")

_LONGEST_NAME = 128
_MOST_LABELS = 64
_LONGEST_LABEL = 64


def checked_spec(asked: dict[str, Any], parent: Parent, knobs: Knobs) -> dict[str, Any]:
    """
    The client's part of a new job, or the error that the service answers.
    """
    spec = plain_spec(asked, knobs)
    check_offered(spec, parent, knobs)
    return spec


def plain_spec(asked: dict[str, Any], knobs: Knobs) -> dict[str, Any]:
    """
    The client's part of a new job, if it is one whatever the knobs of the job say.

    Whoever is told of other mistakes is told of unsupported fields with them.
    """
    spec = {name: value for name, value in asked.items() if name not in OUTPUT_ONLY}
    _check_required(spec)
    unsupported = _unsupported(spec) if knobs.reject_unsupported_fields else []
    wrong = [
        *_wrong_name(spec["displayName"]),
        *_wrong_input(spec["inputConfig"]),
        *_wrong_output(spec["outputConfig"]),
        *_wrong_labels(spec.get("labels", {})),
    ]
    if wrong:
        raise invalid_fields(*wrong, *unsupported)
    return spec


def check_offered(spec: dict[str, Any], parent: Parent, knobs: Knobs) -> None:
    """
    Raise what the service answers if it doesn't offer what is asked for.
    """
    unsupported = _unsupported(spec) if knobs.reject_unsupported_fields else []
    if unsupported:
        raise invalid_fields(*unsupported)
    if parent.location in knobs.forbidden_locations:
        raise ApiError(
            Code.FAILED_PRECONDITION,
            f"'{parent.location}' violates constraint "
            f"'constraints/gcp.resourceLocations' on the resource '{parent.name}'.",
        )
    check_model(spec["model"], parent, knobs)


def _check_required(spec: dict[str, Any]) -> None:
    missing = [
        (f"{_ROOT}.{path}", _REQUIRED)
        for name, path in (
            ("displayName", "display_name"),
            ("model", "model"),
            ("inputConfig", "input_config"),
            ("outputConfig", "output_config"),
        )
        if not spec.get(name)
    ]
    if missing:
        raise invalid_fields(*missing)


def _unsupported(spec: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (f"{_ROOT}.{path}", "The field is not supported for Gemini models.")
        for name, path in _UNSUPPORTED.items()
        if spec.get(name)
    ]


def _wrong_name(name: str) -> list[tuple[str, str]]:
    if len(name) <= _LONGEST_NAME:
        return []
    text = f"The display name is longer than {_LONGEST_NAME} characters."
    return [(f"{_ROOT}.display_name", text)]


def _wrong_input(config: dict[str, Any]) -> list[tuple[str, str]]:
    path = f"{_ROOT}.input_config"
    if "bigquerySource" in config or "vertexMultimodalDatasetSource" in config:
        return [(path, "This local cloud simulates Cloud Storage input only.")]
    uris = config.get("gcsSource", {}).get("uris", [])
    if not uris:
        return [(f"{path}.gcs_source.uris", _REQUIRED)]
    wrong = [
        (f"{path}.gcs_source.uris", f"{uri} is not a Cloud Storage URI.")
        for uri in uris
        if _GCS_URI.fullmatch(uri) is None
    ]
    kind = config.get("instancesFormat", "")
    if not kind:
        wrong.append((f"{path}.instances_format", _REQUIRED))
    elif kind != "jsonl":
        text = f"Unsupported instances format {kind}: it must be jsonl."
        wrong.append((f"{path}.instances_format", text))
    return wrong


def _wrong_output(config: dict[str, Any]) -> list[tuple[str, str]]:
    path = f"{_ROOT}.output_config"
    if "bigqueryDestination" in config or "vertexMultimodalDatasetDestination" in (
        config
    ):
        return [(path, "This local cloud simulates Cloud Storage output only.")]
    prefix = config.get("gcsDestination", {}).get("outputUriPrefix", "")
    wrong = []
    if not prefix:
        wrong.append((f"{path}.gcs_destination.output_uri_prefix", _REQUIRED))
    elif _GCS_PREFIX.fullmatch(prefix) is None:
        text = f"{prefix} is not a Cloud Storage URI."
        wrong.append((f"{path}.gcs_destination.output_uri_prefix", text))
    kind = config.get("predictionsFormat", "")
    if not kind:
        wrong.append((f"{path}.predictions_format", _REQUIRED))
    elif kind != "jsonl":
        text = f"Unsupported predictions format {kind}: it must be jsonl."
        wrong.append((f"{path}.predictions_format", text))
    return wrong


def _wrong_labels(labels: dict[str, str]) -> list[tuple[str, str]]:
    path = f"{_ROOT}.labels"
    if len(labels) > _MOST_LABELS:
        return [(path, f"There are more than {_MOST_LABELS} labels.")]
    wrong = []
    for key, value in labels.items():
        if not key or not key[0].isalpha() or not _is_label_text(key):
            wrong.append((path, f"Invalid label key: {key!r}."))
        elif not _is_label_text(value):
            wrong.append((path, f"Invalid label value: {value!r}."))
    return wrong


def _is_label_text(text: str) -> bool:
    """
    Letters without a capital (of any script), digits, `_` and `-`.
    """
    return len(text) <= _LONGEST_LABEL and all(
        char in "_-" or char.isdecimal() or (char.isalpha() and char == char.lower())
        for char in text
    )
