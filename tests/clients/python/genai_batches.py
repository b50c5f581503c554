"""
Everything that google-genai does with batches, printed as one JSON object.

Runs on its second and third major alike, so it imports nothing else of Google's:
`genai_batches.py BUCKET`, where gs://BUCKET/in.jsonl has one good row.
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import google.genai
from google import genai
from google.genai import errors, types

from tests.clients.python.places import PLACES

PROJECT = "dropbatch-local"
MODEL = "gemini-2.5-flash"
DEADLINE_SECONDS = 30
PAUSE_SECONDS = 0.1

bucket = sys.argv[1]
source = f"gs://{bucket}/in.jsonl"


def client_for(version: str, location: str) -> genai.Client:
    return genai.Client(
        vertexai=True,
        project=PROJECT,
        location=location,
        http_options=types.HttpOptions(api_version=version),
    )


def create(
    client: genai.Client, name: str, *, model: str = MODEL, dest: str | None = None
) -> str:
    job = client.batches.create(
        model=model,
        src=source,
        config=types.CreateBatchJobConfig(display_name=name, dest=dest),
    )
    assert job.name is not None
    assert job.state == types.JobState.JOB_STATE_PENDING, job
    return job.name


def until(client: genai.Client, name: str, state: types.JobState) -> types.BatchJob:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (job := client.batches.get(name=name)).state != state:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} is {job.state}, not {state}")
        time.sleep(PAUSE_SECONDS)
    return job


def refusal(call: Any) -> list[Any]:
    try:
        call()
    except errors.ClientError as error:
        return [type(error).__name__, error.code, error.status, error.message]
    return []


def whole_life(place: tuple[str, str]) -> dict[str, Any]:
    client = client_for(*place)
    batches = client.batches
    name = f"sync {bucket} {' '.join(place)}"
    prefix = f"gs://{bucket}/{'-'.join(place)}"
    done = create(client, name, dest=prefix)
    stopped = create(client, name, dest=prefix)
    active = create(client, name, dest=prefix)
    told: dict[str, Any] = {"name": done, "delete active": None}
    told["delete active"] = refusal(lambda: batches.delete(name=active))
    batches.cancel(name=stopped)
    # The number alone is a name, too.
    batches.cancel(name=active.rpartition("/")[2])
    until(client, stopped, types.JobState.JOB_STATE_CANCELLED)
    until(client, active, types.JobState.JOB_STATE_CANCELLED)
    job = until(client, done, types.JobState.JOB_STATE_SUCCEEDED)
    assert job.output_info is not None
    told["folder"] = job.output_info.gcs_output_directory
    told["stats"] = job.completion_stats and job.completion_stats.successful_count
    told["dest"] = job.dest and job.dest.gcs_uri
    told["model"] = job.model
    told["done"] = job.done
    told["cancel ended"] = refusal(lambda: batches.cancel(name=done))
    # One on each page.
    config = types.ListBatchJobsConfig(filter=f'display_name="{name}"', page_size=1)
    told["listed"] = [each.name for each in batches.list(config=config)] == [
        active,
        stopped,
        done,
    ]
    config = types.ListBatchJobsConfig(
        filter=f'state="JOB_STATE_SUCCEEDED" AND display_name:"sync {bucket} *"',
        page_size=100,
    )
    told["listed succeeded"] = done in [
        each.name for each in batches.list(config=config)
    ]
    told["first page"] = len(
        batches.list(
            config=types.ListBatchJobsConfig(
                filter=f'display_name="{name}"', page_size=2
            )
        ).page
    )
    deleted = batches.delete(name=done)
    told["deleted"] = [deleted.done, deleted.error and str(deleted.error)]
    told["get deleted"] = refusal(lambda: batches.get(name=done))
    client.close()
    return told


async def whole_life_async(place: tuple[str, str]) -> dict[str, Any]:
    client = client_for(*place).aio
    batches = client.batches
    name = f"async {bucket} {' '.join(place)}"

    async def state_of(job: types.BatchJob, wanted: types.JobState) -> bool:
        for _ in range(int(DEADLINE_SECONDS / PAUSE_SECONDS)):
            assert job.name is not None
            if (await batches.get(name=job.name)).state == wanted:
                return True
            await asyncio.sleep(PAUSE_SECONDS)
        return False

    config = types.CreateBatchJobConfig(
        display_name=name, dest=f"gs://{bucket}/async-{'-'.join(place)}"
    )
    jobs = [
        await batches.create(model=MODEL, src=source, config=config) for _ in range(3)
    ]
    first, second, third = jobs
    assert first.name is not None
    assert second.name is not None
    assert third.name is not None
    await batches.cancel(name=second.name)
    told: dict[str, Any] = {
        "succeeded": await state_of(first, types.JobState.JOB_STATE_SUCCEEDED),
        "cancelled": await state_of(second, types.JobState.JOB_STATE_CANCELLED),
    }
    await state_of(third, types.JobState.JOB_STATE_SUCCEEDED)
    pages = await batches.list(
        config=types.ListBatchJobsConfig(filter=f'display_name="{name}"', page_size=2)
    )
    told["listed"] = len([each async for each in pages])
    await batches.delete(name=third.name)
    try:
        await batches.get(name=third.name)
    except errors.ClientError as error:
        told["get deleted"] = [error.code, error.status]
    await client.aclose()
    return told


async def lives_async() -> dict[str, Any]:
    lives = await asyncio.gather(*(whole_life_async(place) for place in PLACES))
    return {" ".join(place): life for place, life in zip(PLACES, lives, strict=True)}


def refusals() -> dict[str, Any]:
    regional, everywhere = client_for("v1", "us-central1"), client_for("v1", "global")

    def made(client: genai.Client, model: str, src: str = source) -> list[Any]:
        config = types.CreateBatchJobConfig(display_name="no", dest=f"gs://{bucket}/no")
        return refusal(
            lambda: client.batches.create(model=model, src=src, config=config)
        )

    tuned = f"projects/{PROJECT}/locations/us-central1/models/4611686018427387904"
    there = "projects/p/locations/us-central1/batchPredictionJobs/1"
    return {
        "unknown model": made(regional, "gemini-does-not-exist"),
        "tuned, global": made(everywhere, tuned),
        "no such job": refusal(lambda: regional.batches.get(name=there)),
        "cancel no job": refusal(lambda: regional.batches.cancel(name=there)),
        "bad filter": refusal(
            lambda: regional.batches.list(
                config=types.ListBatchJobsConfig(filter="state >")
            )
        ),
    }


def others() -> dict[str, Any]:
    """
    A tuned model, no destination, and a client made of variables alone.
    """
    regional = client_for("v1", "us-central1")
    tuned = f"projects/{PROJECT}/locations/us-central1/models/4611686018427387904"
    job = until(
        regional,
        create(regional, "tuned", model=tuned, dest=f"gs://{bucket}/tuned"),
        types.JobState.JOB_STATE_SUCCEEDED,
    )
    beside = regional.batches.create(model=MODEL, src=source)
    assert beside.name is not None
    written = until(regional, beside.name, types.JobState.JOB_STATE_SUCCEEDED)
    nowhere = refusal(lambda: regional.batches.create(model=MODEL, src=f"{source}.txt"))
    # GOOGLE_GENAI_USE_VERTEXAI, GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION.
    plain = genai.Client()
    by_variables = create(plain, "variables", dest=f"gs://{bucket}/variables")
    return {
        "tuned": job.model == tuned,
        "beside": written.dest and written.dest.gcs_uri,
        "nowhere": nowhere,
        "by variables": by_variables.split("/")[3],
    }


with ThreadPoolExecutor(len(PLACES) + 2) as pool:
    lives = [pool.submit(whole_life, place) for place in PLACES]
    refused, more = pool.submit(refusals), pool.submit(others)
    print(
        json.dumps(
            {
                "version": google.genai.__version__,
                "async": asyncio.run(lives_async()),
                "sync": {
                    " ".join(place): life.result()
                    for place, life in zip(PLACES, lives, strict=True)
                },
                "refused": refused.result(),
                "others": more.result(),
            }
        )
    )
