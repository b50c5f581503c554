"""
Who calls with a token that is not good, or for a project that isn't there.
"""

from typing import Any

import pytest
import requests

from localcloud.door.access_tokens import token_for
from tests.running_cloud import RunningCloud

_VERTEX = "https://us-central1-aiplatform.googleapis.com/v1"
_STORAGE = "https://storage.googleapis.com"
_PUBSUB = "https://pubsub.googleapis.com/v1"
_JOBS = "projects/{}/locations/us-central1/batchPredictionJobs"

_GRPC = """
import json, sys
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import aiplatform_v1

client = aiplatform_v1.JobServiceClient(client_options={
    "api_endpoint": "us-central1-aiplatform.googleapis.com"})
try:
    client.list_batch_prediction_jobs(parent="projects/not-mine/locations/us-central1")
except GoogleAPICallError as error:
    print(json.dumps([error.grpc_status_code.name, error.message]))
"""


def asked(
    cloud: RunningCloud, url: str, bearer: str | None
) -> tuple[int, dict[str, Any], Any]:
    answer = requests.get(
        url,
        headers={} if bearer is None else {"Authorization": bearer},
        proxies={"https": cloud.told["variables"]["https_proxy"]},
        verify=cloud.told["variables"]["REQUESTS_CA_BUNDLE"],
        timeout=30,
    )
    return answer.status_code, answer.json(), answer.headers


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (token_for("a@b", lifetime_seconds=-1), "ACCESS_TOKEN_EXPIRED"),
        ("ya29.from-elsewhere", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    ],
    ids=["ended", "foreign"],
)
def test_a_token_that_is_not_good_is_refused_as_google_does(
    bare_cloud: RunningCloud, token: str, reason: str
) -> None:
    bearer = f"Bearer {token}"
    jobs = _JOBS.format("dropbatch-local")

    status, body, _ = asked(bare_cloud, f"{_VERTEX}/{jobs}", bearer)
    assert (status, body["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert "invalid authentication credentials" in body["error"]["message"]
    assert body["error"]["details"][0]["reason"] == reason

    status, body, _ = asked(
        bare_cloud, f"{_PUBSUB}/projects/dropbatch-local/topics", bearer
    )
    assert (status, body["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert body["error"]["details"][0]["reason"] == reason

    status, body, headers = asked(
        bare_cloud, f"{_STORAGE}/storage/v1/b?project=dropbatch-local", bearer
    )
    assert (status, body["error"]["message"]) == (401, "Invalid Credentials")
    assert body["error"]["errors"][0]["reason"] == "authError"
    assert headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_project_that_is_not_there_is_refused_as_google_does(
    bare_cloud: RunningCloud,
) -> None:
    jobs = _JOBS.format("not-mine")

    status, body, _ = asked(bare_cloud, f"{_VERTEX}/{jobs}", bare_cloud.bearer)
    assert (status, body["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert body["error"]["message"] == (
        "Permission 'aiplatform.batchPredictionJobs.list' denied on resource "
        "'//aiplatform.googleapis.com/projects/not-mine/locations/us-central1' "
        "(or it may not exist)."
    )
    assert bare_cloud.python(_GRPC) == ["PERMISSION_DENIED", body["error"]["message"]]

    status, body, _ = asked(
        bare_cloud, f"{_PUBSUB}/projects/not-mine/topics", bare_cloud.bearer
    )
    assert (status, body["error"]["status"]) == (404, "NOT_FOUND")
    assert "(project=not-mine)" in body["error"]["message"]

    status, body, _ = asked(
        bare_cloud, f"{_STORAGE}/storage/v1/b?project=not-mine", bare_cloud.bearer
    )
    assert status == 400
    assert body["error"]["message"] == "Unknown project id: not-mine"


def test_a_project_is_known_by_its_number_too(bare_cloud: RunningCloud) -> None:
    status, body, _ = asked(
        bare_cloud,
        f"{_VERTEX}/{_JOBS.format('dropbatch-local')}?pageSize=1",
        bare_cloud.bearer,
    )
    assert status == 200, body

    number = bare_cloud.python(
        "from localcloud.projects import project_number\n"
        "print(project_number('dropbatch-local'))"
    )
    url = f"{_VERTEX}/{_JOBS.format(number)}"
    assert asked(bare_cloud, url, bare_cloud.bearer)[0] == 200
