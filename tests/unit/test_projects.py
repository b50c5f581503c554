"""
What is the same of a project wherever it is seen.
"""

from localcloud.callers import Callers
from localcloud.storage.disk.resources import Bucket, agent_of
from localcloud.vertex.names import parse_parent
from tests.everybody import owners


def test_a_project_has_one_number_for_all_services() -> None:
    number = parse_parent("projects/my-project/locations/us-central1").number
    bucket = Bucket(
        name="b",
        project="my-project",
        generation=1,
        metageneration=1,
        created="",
        updated="",
        settings={},
    )

    assert bucket.resource()["projectNumber"] == number
    assert agent_of("my-project").startswith(f"service-{number}@")
    assert Callers(["my-project"], permits=owners()).has_project(number)
