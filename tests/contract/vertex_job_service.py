"""
JobServiceClient, pointed at the simulator: gRPC or REST, v1 or v1beta1.
"""

from importlib import import_module
from typing import Any

import grpc

from tests.contract.vertex_server import (
    METADATA,
    MODEL,
    PARENT,
    RunningVertex,
    credentials,
)


class Client:
    """
    One of the clients, and the types that go with it.
    """

    def __init__(self, running: RunningVertex, version: str, transport: str) -> None:
        # A second or two each, which only who runs these tests shall wait.
        self.types: Any = import_module(f"google.cloud.aiplatform_{version}")
        transport_class = self.types.JobServiceClient.get_transport_class(transport)
        if transport == "grpc":
            self._channel = grpc.insecure_channel(f"127.0.0.1:{running.grpc_port}")
            made = transport_class(channel=self._channel)
            # A channel without TLS carries no credentials of its own.
            self.more: dict[str, Any] = {"metadata": METADATA, "timeout": 20}
        else:
            made = transport_class(host=running.url, credentials=credentials())
            self.more = {"timeout": 20}
        self.service = self.types.JobServiceClient(transport=made)

    def close(self) -> None:
        self.service.transport.close()

    def job(self, running: RunningVertex, source: str, name: str, **more: Any) -> Any:
        types = self.types
        return types.BatchPredictionJob(
            display_name=name,
            model=more.pop("model", MODEL),
            input_config=types.BatchPredictionJob.InputConfig(
                instances_format="jsonl",
                gcs_source=types.GcsSource(uris=[source]),
            ),
            output_config=types.BatchPredictionJob.OutputConfig(
                predictions_format="jsonl",
                gcs_destination=types.GcsDestination(
                    output_uri_prefix=f"gs://{running.bucket}/gapic"
                ),
            ),
            **more,
        )

    def create(
        self, running: RunningVertex, source: str, name: str, **more: Any
    ) -> Any:
        return self.service.create_batch_prediction_job(
            parent=PARENT,
            batch_prediction_job=self.job(running, source, name, **more),
            **self.more,
        )

    def get(self, name: str) -> Any:
        return self.service.get_batch_prediction_job(name=name, **self.more)

    def cancel(self, name: str) -> None:
        self.service.cancel_batch_prediction_job(name=name, **self.more)

    def listed(self, **query: Any) -> Any:
        return self.service.list_batch_prediction_jobs(
            request={"parent": PARENT, **query}, **self.more
        )
