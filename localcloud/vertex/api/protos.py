"""
Vertex's own message types, for both API versions.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from localcloud.message_types import message_types

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


def _load(version: str) -> ApiVersion:
    jobs, calls, operation = message_types(
        f"google.cloud.aiplatform_{version}",
        *("batch_prediction_job", "job_service", "operation"),
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
