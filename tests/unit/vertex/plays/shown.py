"""
What a job's resource shows.
"""

from localcloud.projects import project_number
from tests.unit.vertex.job_world import PARENT, World
from tests.unit.vertex.plays.stage import PENDING, RUNNING, ended, plays


@plays.of("output-info-late")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING / 2)
    assert world.state(name) == "RUNNING"
    assert "outputInfo" not in world.get(name)
    world.advance(RUNNING)
    assert world.get(name)["outputInfo"]["gcsOutputDirectory"].startswith("gs://")


@plays.of("output-info-after-end")
def _(world: World) -> None:
    job = ended(world, PENDING + RUNNING)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert "outputInfo" not in job
    world.advance(1_000)
    assert "outputInfo" in world.get(job["name"])


@plays.of("output-info-absent")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert "outputInfo" not in job
    assert any(name.startswith("out/") for name in world.storage.objects)


@plays.of("output-info-slash")
def _(world: World) -> None:
    assert ended(world)["outputInfo"]["gcsOutputDirectory"].endswith("Z/")


@plays.of("output-info-without-slash")
def _(world: World) -> None:
    assert ended(world)["outputInfo"]["gcsOutputDirectory"].endswith("Z")


@plays.of("completion-stats-absent")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert "completionStats" not in job


@plays.of("completion-stats-minus-one")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING / 2)
    assert world.get(name)["completionStats"]["incompleteCount"] == "-1"


@plays.of("zero-counts-omitted")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert job["completionStats"] == {"failedCount": "10"}


@plays.of("error-details")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_FAILED"
    assert job["error"]["details"][0]["@type"].startswith("type.googleapis.com/")


@plays.of("error-without-details")
def _(world: World) -> None:
    job = ended(world)
    assert set(job["error"]) == {"code", "message"}


@plays.of("expired-without-end-time")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_EXPIRED"
    assert "endTime" not in job


@plays.of("project-number-in-names")
def _(world: World) -> None:
    number = project_number("my-project")
    assert number.isdigit()
    assert "my-project" in PARENT
    assert world.create().startswith(f"projects/{number}/locations/")
