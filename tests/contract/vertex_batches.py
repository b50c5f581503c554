"""
The adapter of Vertex AI on the real JobServiceClient through the door, and requests for
it.
"""

import itertools
import os
from collections.abc import Iterator

import pytest

from shared.adapters.vertex_batches import VertexBatches
from shared.jobs import DEPLOYMENT_LABEL, KEY_LABEL, JobRequest
from tests.running_cloud import RunningCloud

_NUMBERS = itertools.count()


def request(key: str, **changes: str) -> JobRequest:
    given = {
        "location": "us-central1",
        "model": "publishers/google/models/gemini-2.5-flash",
        "display_name": f"dropbatch {key}",
        "input_uri": "gs://no-such-bucket/x.jsonl",
        "output_uri_prefix": "gs://no-such-bucket/out/",
        **changes,
    }
    labels = {DEPLOYMENT_LABEL: "test", KEY_LABEL: key}
    return JobRequest(labels=labels, **given)


def new_key() -> str:
    return f"{os.getpid():016x}{next(_NUMBERS):016x}-s0a1"


@pytest.fixture(scope="module")
def vertex(bare_cloud: RunningCloud) -> Iterator[VertexBatches]:
    # gRPC reads its roots once in a process: this is the only door that this
    # process's own gRPC clients go through.
    with pytest.MonkeyPatch.context() as patch:
        for name in bare_cloud.told["unset"]:
            patch.delenv(name, raising=False)
        for name, value in bare_cloud.told["variables"].items():
            patch.setenv(name, value)
        yield VertexBatches(
            project=bare_cloud.told["project"],
            deployment="test",
            create_timeout_seconds=2,
            call_timeout_seconds=5,
        )
