"""
Vertex's own message types, for both API versions, without their heavy package.

Importing `google.cloud.aiplatform_v1` runs an `__init__` that imports every
service (1.5 s, 140 MB for both versions). Only the modules with the messages
are wanted here. So empty packages that know nothing but their folder stand in
for the real ones during the import, and are gone afterwards: a later import of
the real package finds the message modules loaded and builds on them.
"""

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from google.protobuf.message import Message

VERSIONS = ("v1", "v1beta1")

_UNKNOWN_STATE = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiVersion:
    """
    The messages of one API version, as plain protobuf classes.
    """

    name: str
    job: type[Message]
    create: type[Message]
    get: type[Message]
    list: type[Message]
    list_response: type[Message]
    cancel: type[Message]
    delete: type[Message]
    delete_metadata: type[Message]

    def state_number(self, state: str) -> int:
        """
        The number of a state; one that no enum knows has one that none has.
        """
        kind: Any = self.job.DESCRIPTOR.fields_by_name["state"].enum_type
        known = kind.values_by_name.get(state)
        return _UNKNOWN_STATE if known is None else int(known.number)

    @property
    def service(self) -> str:
        """
        The full name of the gRPC service.
        """
        return f"google.cloud.aiplatform.{self.name}.JobService"


def _stand_ins(package: str) -> dict[str, ModuleType]:
    """
    Empty packages for those of the two that are not imported yet.
    """
    found: dict[str, ModuleType] = {}
    cloud = importlib.import_module("google.cloud")
    for parent in cloud.__path__:
        folder = os.path.join(parent, package)
        if not os.path.isdir(folder):
            continue
        for name, path in (
            (f"google.cloud.{package}", folder),
            (f"google.cloud.{package}.types", os.path.join(folder, "types")),
        ):
            if name not in sys.modules:
                found[name] = ModuleType(name)
                found[name].__path__ = [path]
    return found


def _types(package: str, *names: str) -> list[Any]:
    stand_ins = _stand_ins(package)
    sys.modules.update(stand_ins)
    try:
        return [
            importlib.import_module(f"google.cloud.{package}.types.{name}")
            for name in names
        ]
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def _load(version: str) -> ApiVersion:
    jobs, calls, operation = _types(
        f"aiplatform_{version}", "batch_prediction_job", "job_service", "operation"
    )
    return ApiVersion(
        name=version,
        job=jobs.BatchPredictionJob.pb(),
        create=calls.CreateBatchPredictionJobRequest.pb(),
        get=calls.GetBatchPredictionJobRequest.pb(),
        list=calls.ListBatchPredictionJobsRequest.pb(),
        list_response=calls.ListBatchPredictionJobsResponse.pb(),
        cancel=calls.CancelBatchPredictionJobRequest.pb(),
        delete=calls.DeleteBatchPredictionJobRequest.pb(),
        delete_metadata=operation.DeleteOperationMetadata.pb(),
    )


API_VERSIONS = {version: _load(version) for version in VERSIONS}
