"""
Clients that go wrong: they get Google's words, and everybody else goes on.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from localcloud.door.capacity import most_connections, raise_file_limit
from tests.running_cloud import RunningCloud, running_cloud

_JOBS = (
    "https://us-central1-aiplatform.googleapis.com/v1/projects/dropbatch-local"
    "/locations/us-central1/batchPredictionJobs"
)
_BUCKETS = "https://storage.googleapis.com/storage/v1/b?project=dropbatch-local"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """
    A cloud of its own, so that nobody else waits in the crowd.
    """
    with running_cloud(tmp_path_factory.mktemp("crowd") / "data", "--bare") as running:
        yield running


def call(cloud: RunningCloud, method: str, url: str, **given: Any) -> requests.Response:
    variables = cloud.told["variables"]
    return requests.request(
        method,
        url,
        headers={"Authorization": cloud.bearer, **given.pop("headers", {})},
        proxies={"https": variables["https_proxy"]},
        verify=variables["REQUESTS_CA_BUNDLE"],
        timeout=30,
        **given,
    )


def test_ten_thousand_half_connections_stop_nobody_for_long(
    crowded: RunningCloud,
) -> None:
    done = crowded.run(sys.executable, "-m", "tests.e2e.crowd", "10000", timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    # Where fewer files may be open there is room for fewer of each.
    too_many = told["connections"] - most_connections(raise_file_limit())
    assert told["refused"] == pytest.approx(max(0, too_many), abs=400)
    assert (told["beside"], told["after"]) == (200, 200)
    assert call(crowded, "GET", _BUCKETS).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"\xff"', b"[" * 100_000])
@pytest.mark.parametrize("url", [_JOBS, _BUCKETS])
def test_a_body_that_is_no_json_object_is_an_error_in_googles_shape(
    bare_cloud: RunningCloud, url: str, body: bytes
) -> None:
    answer = call(
        bare_cloud,
        *("POST", url),
        data=body,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == 400
    assert error["message"]


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("PUT", _JOBS, 404),
        ("POST", f"{_JOBS}/1:explode", 404),
        ("GET", "https://aiplatform.googleapis.com/v1/nothing", 501),
        ("POST", "https://storage.googleapis.com/storage/v1/nothing", 404),
        ("GET", "https://compute.googleapis.com/compute/v1/projects/p/zones", 501),
    ],
)
def test_an_unknown_method_is_an_error_in_googles_shape(
    bare_cloud: RunningCloud, method: str, url: str, status: int
) -> None:
    answer = call(bare_cloud, method, url)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert answer.json()["error"]["message"]


def test_half_an_upload_leaves_no_object(
    bare_cloud: RunningCloud, tmp_path: Path
) -> None:
    call(bare_cloud, "POST", _BUCKETS, json={"name": "half-upload"})

    def half() -> Iterator[bytes]:
        yield b"x" * 1000
        raise KeyboardInterrupt

    upload = "https://storage.googleapis.com/upload/storage/v1/b/half-upload/o"
    with pytest.raises(KeyboardInterrupt):
        call(
            bare_cloud,
            *("POST", f"{upload}?uploadType=media&name=half"),
            data=half(),
        )

    objects = "https://storage.googleapis.com/storage/v1/b/half-upload/o"
    assert "items" not in call(bare_cloud, "GET", objects).json()
