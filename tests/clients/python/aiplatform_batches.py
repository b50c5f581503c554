"""
Everything that google-cloud-aiplatform does with batches, printed as one JSON object.

`aiplatform_batches.py BUCKET`, where gs://BUCKET/in.jsonl has one good row. It is one
program because importing that package takes longer than all the rest.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import vertexai
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import FailedPrecondition, GoogleAPICallError, NotFound
from google.cloud import aiplatform, aiplatform_v1, aiplatform_v1beta1
from vertexai.batch_prediction import BatchPredictionJob

from tests.clients.python.places import WAYS
from tests.clients.python.vertexai_sample import older_samples

PROJECT = "dropbatch-local"
MODEL = "publishers/google/models/gemini-2.5-flash"
PACKAGES = {"v1": aiplatform_v1, "v1beta1": aiplatform_v1beta1}
DEADLINE_SECONDS = 30
PAUSE_SECONDS = 0.1

bucket = sys.argv[1]
source = f"gs://{bucket}/in.jsonl"


def endpoint(location: str) -> str:
    host = "aiplatform.googleapis.com"
    return host if location == "global" else f"{location}-{host}"


def wanted(name: str, label: str) -> dict[str, Any]:
    return {
        "display_name": name,
        "model": MODEL,
        "labels": {"which": label},
        "input_config": {
            "instances_format": "jsonl",
            "gcs_source": {"uris": [source]},
        },
        "output_config": {
            "predictions_format": "jsonl",
            "gcs_destination": {"output_uri_prefix": f"gs://{bucket}/{label}"},
        },
    }


def until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not claim():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come true in time")
        time.sleep(PAUSE_SECONDS)


def refusal(call: Callable[[], object]) -> list[Any]:
    try:
        call()
    except GoogleAPICallError as error:
        return [type(error).__name__, error.code, error.message]
    return []


def whole_life(way: tuple[str, str, str]) -> dict[str, Any]:
    version, transport, location = way
    client = PACKAGES[version].JobServiceClient(
        transport=transport, client_options={"api_endpoint": endpoint(location)}
    )
    parent = f"projects/{PROJECT}/locations/{location}"
    name = f"{bucket} {' '.join(way)}"

    def create(label: str) -> Any:
        return client.create_batch_prediction_job(
            parent=parent, batch_prediction_job=wanted(name, label)
        )

    def get(job: Any) -> Any:
        return client.get_batch_prediction_job(name=job.name)

    jobs = [create(label) for label in ("first", "second", "third")]
    done, stopped, active = jobs
    told: dict[str, Any] = {
        "name": done.name,
        "created": done.state.name,
        "delete active": refusal(
            lambda: client.delete_batch_prediction_job(name=active.name)
        ),
    }
    client.cancel_batch_prediction_job(name=stopped.name)
    client.cancel_batch_prediction_job(name=active.name)
    until(lambda: get(done).state.name == "JOB_STATE_SUCCEEDED")
    until(lambda: get(stopped).state.name == "JOB_STATE_CANCELLED")
    until(lambda: get(active).state.name == "JOB_STATE_CANCELLED")
    ended = get(done)
    told["labels"] = dict(ended.labels)
    told["stats"] = ended.completion_stats.successful_count
    told["folder"] = ended.output_info.gcs_output_directory
    told["times"] = ended.create_time < ended.start_time < ended.end_time
    told["error"] = get(stopped).error.code
    pages = client.list_batch_prediction_jobs(
        request={
            "parent": parent,
            "filter": f'display_name="{name}" AND NOT labels.which="third"',
            "page_size": 1,
        }
    )
    told["listed"] = [each.name for each in pages] == [stopped.name, done.name]
    masked = client.list_batch_prediction_jobs(
        request={
            "parent": parent,
            "filter": f'labels.which="first" AND display_name="{name}"',
            "read_mask": {"paths": ["name", "state"]},
        }
    )
    told["masked"] = [[each.name, each.display_name] for each in masked]
    operation = client.delete_batch_prediction_job(name=done.name)
    # An Empty; that it comes at all says that the operation has ended.
    told["deleted"] = type(operation.result(timeout=DEADLINE_SECONDS)).__name__
    told["operation"] = operation.operation.name
    told["began"] = operation.metadata.generic_metadata.create_time is not None
    told["get deleted"] = refusal(lambda: get(done))
    told["cancel ended"] = refusal(
        lambda: client.cancel_batch_prediction_job(name=stopped.name)
    )
    return told


async def life_async() -> dict[str, Any]:
    client = aiplatform_v1.JobServiceAsyncClient(
        client_options=ClientOptions(api_endpoint=endpoint("us-central1"))
    )
    name = f"{bucket} async"
    parent = f"projects/{PROJECT}/locations/us-central1"
    job = await client.create_batch_prediction_job(
        parent=parent,
        batch_prediction_job=aiplatform_v1.BatchPredictionJob(wanted(name, "async")),
    )
    try:
        await client.delete_batch_prediction_job(name=job.name)
        refused = False
    except FailedPrecondition:
        refused = True
    await client.cancel_batch_prediction_job(name=job.name)
    for _ in range(int(DEADLINE_SECONDS / PAUSE_SECONDS)):
        job = await client.get_batch_prediction_job(name=job.name)
        if job.state.name == "JOB_STATE_CANCELLED":
            break
        await asyncio.sleep(PAUSE_SECONDS)
    pages = await client.list_batch_prediction_jobs(
        request={"parent": parent, "filter": f'display_name="{name}"'}
    )
    listed = [each.name async for each in pages]
    operation = await client.delete_batch_prediction_job(name=job.name)
    await operation.result()
    try:
        await client.get_batch_prediction_job(name=job.name)
        gone = False
    except NotFound:
        gone = True
    return {
        "refused": refused,
        "state": job.state.name,
        "listed": listed == [job.name],
        "gone": gone,
    }


def high_level() -> dict[str, Any]:
    """
    What `vertexai` and `aiplatform` put on top, with its own way to wait.
    """
    vertexai.init(
        project=PROJECT, location="us-central1", staging_bucket=f"gs://{bucket}"
    )
    job = BatchPredictionJob.submit(
        source_model="gemini-2.5-flash",
        input_dataset=[source],
        output_uri_prefix=f"gs://{bucket}/vertexai/",
    )
    staged = BatchPredictionJob.submit("gemini-2.5-flash", source)
    pending = BatchPredictionJob.num_pending_jobs()
    staged.cancel()  # type: ignore[no-untyped-call]  # untyped in vertexai
    until(lambda: bool(job.refresh().has_ended))
    until(lambda: bool(staged.refresh().has_ended))
    told = {
        "succeeded": job.has_succeeded,
        "output": job.output_location,
        "pending": pending >= 2,
        "staged": staged.state.name,
        "again": BatchPredictionJob(job.resource_name).state.name,
        "listed": job.resource_name
        in [each.resource_name for each in BatchPredictionJob.list()],
    }
    job.delete()  # type: ignore[no-untyped-call]  # untyped in vertexai
    older = aiplatform.BatchPredictionJob.create(
        model_name=f"projects/{PROJECT}/locations/us-central1/{MODEL}",
        job_display_name=f"{bucket} aiplatform",
        gcs_source=source,
        gcs_destination_prefix=f"gs://{bucket}/aiplatform",
    )
    told["waited for"] = older.state.name
    told["outputs"] = [blob.name for blob in older.iter_outputs()]
    older.delete()
    told["left"] = [
        each.display_name
        for each in aiplatform.BatchPredictionJob.list(
            filter=f'display_name="{bucket} aiplatform"'
        )
    ]
    told["samples"] = older_samples(PROJECT, f"gs://{bucket}/samples")
    return told


# The high-level classes log to standard output.
logging.disable(logging.CRITICAL)
with ThreadPoolExecutor(len(WAYS) + 1) as pool:
    high = pool.submit(high_level)
    lives = [pool.submit(whole_life, way) for way in WAYS]
    print(
        json.dumps(
            {
                "async": asyncio.run(life_async()),
                "lives": {
                    " ".join(way): life.result()
                    for way, life in zip(WAYS, lives, strict=True)
                },
                "high": high.result(),
            }
        )
    )
