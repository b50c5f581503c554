"""
What the middle leans on of Vertex AI, one suite for the fake in memory and for
the real JobServiceClient through the door.
"""

import pytest

from shared.adapters.vertex_batches import VertexBatches
from shared.errors import MissingError
from shared.ports import Batches
from tests.contract.vertex_batches import new_key, request, vertex
from tests.fake_services import FakeBatches
from tests.fakes import START
from tests.faults import Faults
from tests.running_cloud import wait_until

__all__ = ["vertex"]


@pytest.fixture(params=["fake", "real"])
def batches(request: pytest.FixtureRequest) -> Batches:
    if request.param == "fake":
        return FakeBatches(Faults(), lambda: START)
    real: VertexBatches = request.getfixturevalue("vertex")
    return real


@pytest.mark.parametrize("location", ["us-central1", "global"])
def test_a_job_is_made_found_and_followed(batches: Batches, location: str) -> None:
    key = new_key()

    job = batches.create(request(key, location=location))

    assert job.key == key
    assert not job.state.is_final
    assert f"/locations/{location}/batchPredictionJobs/" in job.name
    assert batches.get(job.name).name == job.name
    assert [found.name for found in batches.find(location, key)] == [job.name]


def test_a_key_finds_its_jobs_alone_and_the_earliest_first(batches: Batches) -> None:
    key = new_key()
    first, second = batches.create(request(key)), batches.create(request(key))
    batches.create(request(new_key()))

    found = batches.find("us-central1", key)

    assert [job.name for job in found] == [first.name, second.name]
    assert batches.find("us-central1", new_key()) == []


def test_an_active_job_is_listed_until_it_has_ended(batches: Batches) -> None:
    job = batches.create(request(new_key()))
    assert job.name in {active.name for active in batches.active("us-central1")}

    batches.cancel(job.name)
    wait_until(lambda: batches.get(job.name).state.is_final)

    assert job.name not in {active.name for active in batches.active("us-central1")}
    batches.cancel(job.name)


def test_a_job_that_is_not_there_is_missing(batches: Batches) -> None:
    with pytest.raises(MissingError):
        batches.get(
            "projects/dropbatch-local/locations/us-central1/batchPredictionJobs/1234567"
        )
