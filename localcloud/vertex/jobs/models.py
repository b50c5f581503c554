"""
Which models a job may name, and where.
"""

import re

from localcloud.vertex.api.errors import ApiError, Code, invalid_fields
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.names import Parent

_PUBLISHER = re.compile(
    r"(?:projects/[^/]+/locations/(?P<location>[^/]+)/)?"
    r"publishers/(?P<publisher>[^/]+)/models/(?P<model>[^/]+)"
)
_TUNED = re.compile(r"projects/[^/]+/locations/(?P<location>[^/]+)/models/[^/]+")
_GEMINI = re.compile(r"gemini-[a-z0-9][a-z0-9.-]*(@[a-z0-9.-]+)?")

_FIELD = "batch_prediction_job.model"


def check_model(model: str, parent: Parent, knobs: Knobs) -> None:
    """
    Raise what the service answers for a model that it can't run a batch of.
    """
    published = _PUBLISHER.fullmatch(model)
    if published is not None:
        _check_place(published["location"], parent)
        _check_published(published["publisher"], published["model"], parent, knobs)
        return
    tuned = _TUNED.fullmatch(model)
    if tuned is None:
        raise _no_such_model(model)
    if parent.location == "global":
        raise invalid_fields(
            (_FIELD, "Tuned models are not supported in the global location.")
        )
    _check_place(tuned["location"], parent)


def _check_place(location: str | None, parent: Parent) -> None:
    if location is not None and location != parent.location:
        raise invalid_fields(
            (
                _FIELD,
                f"The model is in location {location}; it must be in the location "
                f"of the batch prediction job, {parent.location}.",
            )
        )


def _check_published(publisher: str, model: str, parent: Parent, knobs: Knobs) -> None:
    # The service has other publishers; their formats are not simulated.
    known = _GEMINI.fullmatch(model) and model not in knobs.missing_models
    if publisher != "google" or not known:
        raise _no_such_model(model)
    if parent.location != "global" and model.startswith(knobs.global_only_models):
        name = f"{parent.asked}/publishers/google/models/{model}"
        raise ApiError(
            Code.NOT_FOUND,
            f"MODEL_NOT_SUPPORTED_FOR_BATCH: {name} is not supported for batch "
            f"prediction in {parent.location}.",
        )


def _no_such_model(model: str) -> ApiError:
    return ApiError(Code.NOT_FOUND, f"The PublisherModel {model} does not exist.")
