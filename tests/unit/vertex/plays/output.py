"""
What is in the output.
"""

import msgspec

from tests.unit.vertex.job_world import World
from tests.unit.vertex.plays.stage import PENDING, RUNNING, Json, ended, plays
from tests.unit.vertex.row_work import jsonl


def lines(world: World) -> list[Json]:
    job = ended(world)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    return [msgspec.json.decode(line) for line in world.written(job["name"]) or []]


def some(found: list[Json]) -> int:
    """
    How many those are, which are some and not all of ten.
    """
    assert 0 < len(found) < 10
    return len(found)


@plays.of("incremental-predictions")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + 40)
    assert world.state(name) == "RUNNING"
    (written,) = [path for path in world.storage.objects if path.startswith("out/")]
    assert "/incremental_predictions/" in written
    rows = world.storage.objects[written].splitlines()
    assert 0 < len(rows) < 10
    world.advance(RUNNING)
    assert len(world.written(name) or []) == 10


@plays.of("rows-shuffled")
def _(world: World) -> None:
    keys = [line["key"] for line in lines(world)]
    assert sorted(keys) == list(range(10)) != keys


@plays.of("nulls-in-requests")
def _(world: World) -> None:
    system = {"parts": [{"text": "Be terse"}]}
    rows = [
        {"request": {"contents": [{"role": "user", "parts": [{"text": "a"}]}], **more}}
        for more in ({}, {"systemInstruction": system})
    ]
    world.storage.objects["in.jsonl"] = jsonl(*rows)
    echoed = [line["request"]["systemInstruction"] for line in lines(world)]
    assert None in echoed
    assert system in echoed


@plays.of("ids-coerced")
def _(world: World) -> None:
    contents = [{"role": "user", "parts": [{"text": "a"}]}]
    rows = [{"id": f"00{n}", "request": {"contents": contents}} for n in range(3)]
    world.storage.objects["in.jsonl"] = jsonl(*rows)
    assert sorted(line["id"] for line in lines(world)) == [0, 1, 2]


@plays.of("rows-failed")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    assert all(line["response"] == {} for line in failed)


@plays.of("rows-failed-without-response")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    assert not any("response" in line for line in failed)


@plays.of("rows-too-slow")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    assert all('"code": 504' in line["status"] for line in failed)
    assert all("Request deadline exceeded" in line["status"] for line in failed)


@plays.of("service-agents-provisioned")
def _(world: World) -> None:
    failed = [line for line in lines(world) if line["status"]]
    assert some(failed)
    for line in failed:
        assert line["status"].startswith("Bad Request: ")
        assert "Service agents are being provisioned" in line["status"]
        assert "FAILED_PRECONDITION" in line["status"]


@plays.of("rows-blocked")
def _(world: World) -> None:
    blocked = [
        line
        for line in lines(world)
        if "candidates" not in line["response"]
        and line["response"]["promptFeedback"]["blockReason"]
    ]
    assert some(blocked)
    assert not any(line["status"] for line in blocked)


@plays.of("rows-without-text")
def _(world: World) -> None:
    without = [
        line
        for line in lines(world)
        if not any(
            "text" in part
            for candidate in line["response"]["candidates"]
            for part in candidate.get("content", {}).get("parts", [])
        )
    ]
    assert some(without)
    assert not any(line["status"] for line in without)


@plays.of("rows-truncated")
def _(world: World) -> None:
    cut = [
        line
        for line in lines(world)
        if line["response"]["candidates"][0]["finishReason"] == "MAX_TOKENS"
    ]
    assert some(cut)


@plays.of("rows-missing")
def _(world: World) -> None:
    assert some(lines(world))
