"""
Batch jobs by Google's Python clients, unchanged and with no endpoint option: two
majors of google-genai, and google-cloud-aiplatform whole.

Each program of tests/clients/python runs once, with nothing but the door's variables,
and prints what it saw.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.python.places import PLACES, WAYS
from tests.e2e.answers import check_answers
from tests.e2e.buckets import make_bucket, read_object
from tests.running_cloud import RunningCloud, running_cloud

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests/clients/python"
GENAI_3 = ROOT / ".venv/genai3/bin/python"
MAJORS = {"2": sys.executable, "3": str(GENAI_3)}

_ROW = {
    "key": "a",
    "request": {"contents": [{"role": "user", "parts": [{"text": "Say yes."}]}]},
}
_LINE = json.dumps(_ROW).encode() + b"\n"
INPUT_URI = "gs://cloud-samples-data/batch/prompt_for_batch_gemini_predict.jsonl"
_NUMBER = r"projects/\d+/locations/{}/batchPredictionJobs/\d{{19}}"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """
    Jobs last long enough to be cancelled, however busy this machine is.
    """
    folder = tmp_path_factory.mktemp("python-batches") / "data"
    with running_cloud(folder, "--bare", "--speed", "2") as running:
        yield running


def ran(cloud: RunningCloud, python: str, program: str, *arguments: str) -> Any:
    done = cloud.run(
        *("env", f"PYTHONPATH={ROOT}"),
        *("GOOGLE_GENAI_USE_VERTEXAI=True", "GOOGLE_CLOUD_LOCATION=global"),
        *(python, str(PROGRAMS / program), *arguments),
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=MAJORS)
def genai(cloud: RunningCloud, request: pytest.FixtureRequest) -> Any:
    major: str = request.param
    python = MAJORS[major]
    assert Path(python).exists(), "make .venv/genai3/.installed"
    bucket = f"genai-{major}"
    make_bucket(cloud, bucket, {"in.jsonl": _LINE})
    told = ran(cloud, python, "genai_batches.py", bucket)
    assert told["version"].split(".")[0] == major
    return told | {"bucket": bucket}


@pytest.fixture(scope="module")
def aiplatform(cloud: RunningCloud) -> Any:
    make_bucket(cloud, "aiplatform", {"in.jsonl": _LINE})
    return ran(cloud, sys.executable, "aiplatform_batches.py", "aiplatform")


def answered(cloud: RunningCloud, folder: str) -> list[Any]:
    lines = read_object(cloud, f"{folder}/predictions.jsonl").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["key"] for row in rows if row["response"]["candidates"]]


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_genai_follows_a_job_to_its_answers(
    cloud: RunningCloud, genai: Any, place: tuple[str, str]
) -> None:
    life = genai["sync"][" ".join(place)]

    assert re.fullmatch(_NUMBER.format(place[1]), life["name"])
    assert life["model"] == "publishers/google/models/gemini-2.5-flash"
    assert life["dest"] == f"gs://{genai['bucket']}/{'-'.join(place)}"
    assert life["folder"].startswith(f"{life['dest']}/prediction-model-")
    assert life["done"] is True
    assert life["stats"] == 1
    assert answered(cloud, life["folder"]) == ["a"]


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_genai_lists_through_filters_and_pages(
    genai: Any, place: tuple[str, str]
) -> None:
    life = genai["sync"][" ".join(place)]

    assert life["listed"]
    assert life["listed succeeded"]
    assert life["first page"] == 2


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_genai_deletes_what_has_ended_and_nothing_else(
    genai: Any, place: tuple[str, str]
) -> None:
    life = genai["sync"][" ".join(place)]

    assert life["delete active"][:3] == ["ClientError", 400, "FAILED_PRECONDITION"]
    assert life["cancel ended"][:3] == ["ClientError", 400, "FAILED_PRECONDITION"]
    assert life["deleted"] == [True, None]
    assert life["get deleted"][:3] == ["ClientError", 404, "NOT_FOUND"]


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_genai_does_the_same_asynchronously(genai: Any, place: tuple[str, str]) -> None:
    assert genai["async"][" ".join(place)] == {
        "succeeded": True,
        "cancelled": True,
        "listed": 3,
        "get deleted": [404, "NOT_FOUND"],
    }


def test_genai_without_a_destination_writes_beside_its_source(genai: Any) -> None:
    assert genai["others"]["beside"] == f"gs://{genai['bucket']}/in/dest"


def test_genai_can_guess_no_destination_for_other_endings(genai: Any) -> None:
    name, code, status, _ = genai["others"]["nowhere"]
    assert [name, code, status] == ["ClientError", 400, "INVALID_ARGUMENT"]


def test_genai_runs_a_tuned_model(genai: Any) -> None:
    assert genai["others"]["tuned"]
    assert genai["refused"]["tuned, global"][1:3] == [400, "INVALID_ARGUMENT"]


def test_genai_is_made_of_variables_alone(genai: Any) -> None:
    assert genai["others"]["by variables"] == "global"


def test_genai_tells_googles_errors(genai: Any) -> None:
    assert genai["refused"]["unknown model"] == [
        "ClientError",
        404,
        "NOT_FOUND",
        "The PublisherModel gemini-does-not-exist does not exist.",
    ]
    for name, code, status in (
        ("no such job", 404, "NOT_FOUND"),
        ("cancel no job", 404, "NOT_FOUND"),
        ("bad filter", 400, "INVALID_ARGUMENT"),
    ):
        assert genai["refused"][name][:3] == ["ClientError", code, status]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_job_service_follows_a_job_to_its_answers(
    cloud: RunningCloud, aiplatform: Any, way: tuple[str, str, str]
) -> None:
    life = aiplatform["lives"][" ".join(way)]

    assert re.fullmatch(_NUMBER.format(way[2]), life["name"])
    assert life["created"] == "JOB_STATE_PENDING"
    assert life["labels"] == {"which": "first"}
    assert life["stats"] == 1
    assert life["times"]
    assert answered(cloud, life["folder"]) == ["a"]
    # A cancelled job has the code of a cancelled call.
    assert life["error"] == 1


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_job_service_lists_by_label_page_and_mask(
    aiplatform: Any, way: tuple[str, str, str]
) -> None:
    life = aiplatform["lives"][" ".join(way)]

    assert life["listed"]
    assert life["masked"] == [[life["name"], ""]]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_job_service_deletes_by_an_operation(
    aiplatform: Any, way: tuple[str, str, str]
) -> None:
    _, transport, location = way
    life = aiplatform["lives"][" ".join(way)]
    refused = "FailedPrecondition" if transport == "grpc" else "BadRequest"

    assert life["delete active"][:2] == [refused, 400]
    assert life["cancel ended"][:2] == [refused, 400]
    assert life["deleted"] == "Empty"
    assert life["began"]
    assert re.fullmatch(
        rf"projects/\d+/locations/{location}/operations/\d+", life["operation"]
    )
    assert life["get deleted"][:2] == ["NotFound", 404]


def test_the_job_service_does_the_same_asynchronously(aiplatform: Any) -> None:
    assert aiplatform["async"] == {
        "refused": True,
        "state": "JOB_STATE_CANCELLED",
        "listed": True,
        "gone": True,
    }


def test_the_high_level_classes_submit_wait_and_read(
    cloud: RunningCloud, aiplatform: Any
) -> None:
    high = aiplatform["high"]

    assert high["succeeded"]
    assert answered(cloud, high["output"]) == ["a"]
    assert high["pending"]
    assert high["staged"] == "JOB_STATE_CANCELLED"
    assert high["again"] == "JOB_STATE_SUCCEEDED"
    assert high["listed"]
    assert high["waited for"] == "JOB_STATE_SUCCEEDED"
    (output,) = high["outputs"]
    assert output.endswith("/predictions.jsonl")
    assert high["left"] == []


def test_the_older_sdks_samples_run(cloud: RunningCloud, aiplatform: Any) -> None:
    told = aiplatform["high"]["samples"]

    assert told["model"] == "publishers/google/models/gemini-1.5-flash-002"
    assert told["created"] == "JOB_STATE_PENDING"
    assert told["succeeded"]
    check_answers(cloud, INPUT_URI, told["folder"])
    assert told["older state"] == "JOB_STATE_SUCCEEDED"
    check_answers(cloud, INPUT_URI, told["older folder"])
