"""
Names and numbers.
"""

import pytest

from localcloud.projects import project_number
from localcloud.vertex.api.endpoints import location_of
from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.names import parse_job, parse_parent


def test_a_project_has_one_number_for_ever() -> None:
    assert project_number("my-project") == project_number("my-project")
    assert project_number("my-project") != project_number("my-project2")
    assert len(project_number("my-project")) == 12
    assert project_number("my-project").isdecimal()
    assert project_number("123456789") == "123456789"


def test_a_job_is_named_by_id_or_by_number() -> None:
    number = project_number("my-project")
    by_id = parse_job("projects/my-project/locations/global/batchPredictionJobs/7")
    by_number = parse_job(f"projects/{number}/locations/global/batchPredictionJobs/7")
    assert by_id.name == by_number.name == by_number.asked
    assert by_id.asked.startswith("projects/my-project/")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "projects/p/locations/l",
        "projects/p/locations/l/batchPredictionJobs/",
        "projects/p/locations/l/batchPredictionJobs/1/x",
        "projects//locations/l/batchPredictionJobs/1",
        "projects/p/locations/L/batchPredictionJobs/1",
        "batchPredictionJobs/1",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ApiError, match="Invalid resource name"):
        parse_job(name)


def test_what_is_no_parent_is_refused() -> None:
    with pytest.raises(ApiError):
        parse_parent("projects/p")


@pytest.mark.parametrize(
    ("host", "location"),
    [
        ("aiplatform.googleapis.com", "global"),
        ("AIPLATFORM.googleapis.com:443", "global"),
        ("us-central1-aiplatform.googleapis.com", "us-central1"),
        ("aiplatform.eu.rep.googleapis.com", "eu"),
        ("127.0.0.1:8080", None),
        ("aiplatform.googleapis.com.evil.example", None),
    ],
)
def test_a_host_serves_one_location(host: str, location: str | None) -> None:
    assert location_of(host) == location
