"""
The grants: none is missing, and none is too many.
"""

from pathlib import Path

import pytest

from localcloud.cloud import LocalCloud
from localcloud.grants import Right, bucket
from localcloud.storage.api.permissions import OVERWRITE
from shared.drops import Drop
from tests.e2e.granted_cloud import ROW, GrantedCloud, granted_cloud
from tests.e2e.sequels import forgotten, vertex_fault

_NO_ROW = b"this is no row\n"
_LONG = 60.0
_TRIES = 10
_CREATE = "CreateBatchPredictionJob"


@pytest.mark.parametrize("forbidden_first", [False, True], ids=["412", "403"])
def test_what_is_asked_for_is_exactly_what_is_granted(
    tmp_path: Path, forbidden_first: bool
) -> None:
    """
    All that the pipeline does, faults included, needs every grant that there is and
    no other: also where an object that can't be overwritten is told before the
    precondition that fails.
    """
    with granted_cloud(tmp_path / "data", forbidden_first=forbidden_first) as cloud:
        play_all(cloud)
        # And looks at the inbox, which find nothing here (test_lost_events).
        cloud.until(lambda: any('"backstop"' in line for line in cloud.lines))

        assert cloud.permits.allowed == cloud.granted()
        submit, poll = map(cloud.deployment.account, ("submit_job", "poll_jobs"))
        state, work, results = (
            bucket(cloud.deployment.bucket(b)) for b in ("state", "work", "results")
        )
        # Of a route that nothing was held of yet there is no word, and who may not list
        # is told that what is missing is forbidden: which is taken for the same.
        no_word = {Right(submit, "storage.objects.list", state)}
        # Only a handler that slept through its lease finds its copy there already.
        slow = {Right(submit, OVERWRITE, work)} if forbidden_first else set()
        assert cloud.permits.refused - slow - no_word == (
            {Right(poll, OVERWRITE, place) for place in (work, results)}
            if forbidden_first
            else set()
        )


def play_all(cloud: GrantedCloud) -> None:
    """
    Everything that can come of a drop.
    """
    _create_by_its_handler(cloud)
    killed = _kill_while_it_is_read(cloud)
    cloud.forget(killed)
    unstaged = _kill_while_it_is_staged(cloud, after_effect=False)
    staged = _kill_while_it_is_staged(cloud, after_effect=True)

    cloud.clear()
    cloud.disturb(delay_seconds=[0.5, 0.5], copies=1)
    plain = cloud.drop("demo/plain.jsonl")
    overwritten = cloud.drop("demo/plain.jsonl", ROW * 2)
    rejected = cloud.drop("demo/rejected.jsonl", _NO_ROW)
    superseded = cloud.drop("demo/superseded.jsonl", then=forgotten)
    adopted = cloud.drop(
        "demo/adopted.jsonl",
        then=vertex_fault(method=_CREATE, cut=True, after_effect=True, times=1),
    )
    exhausted = {"code": "RESOURCE_EXHAUSTED"}
    held = cloud.drop(
        "demo/held.jsonl",
        then=vertex_fault(method=_CREATE, error=exhausted, times=2),
    )
    not_found = {"code": "NOT_FOUND"}
    lost = cloud.drop(
        "demo/lost.jsonl",
        then=vertex_fault(method="GetBatchPredictionJob", error=not_found),
    )
    twice = cloud.drop("demo/twice.jsonl", ROW * 10)
    cloud.until(lambda: cloud.record(twice).get("state") == "submitted")
    twin = cloud.twin(twice)
    cloud.until(lambda: cloud.is_cancelled(twin))
    # Whoever publishes hangs, and another poll finds the folder written.
    cloud.fault(service="pubsub", method="Publish", delay_seconds=_LONG, times=1)

    assert {
        drop.name: cloud.outcome(drop)
        for drop in (plain, overwritten, unstaged, staged, adopted, held, twice)
    } == dict.fromkeys(
        (
            *("demo/plain.jsonl", "demo/unstaged.jsonl", "demo/staged.jsonl"),
            *("demo/adopted.jsonl", "demo/held.jsonl", "demo/twice.jsonl"),
        ),
        "completed",
    )
    assert [cloud.outcome(drop) for drop in (rejected, superseded, killed)] == [
        "rejected",
        "rejected",
        "rejected",
    ]
    assert cloud.outcome(lost) == "failed"
    assert [len(cloud.jobs(drop)) for drop in (plain, adopted, held, twice)] == [1] * 4


def _create_by_its_handler(cloud: GrantedCloud) -> None:
    """
    While nothing waits, a drop's job is its handler's to create; but where the machine
    is so slow that its lease ends, a poll's.
    """
    creates = Right(
        cloud.deployment.account("submit_job"),
        "aiplatform.batchPredictionJobs.create",
        f"projects/{cloud.deployment.project}",
    )
    for number in range(_TRIES):
        drop = cloud.drop(f"demo/by its handler {number}.jsonl")
        assert cloud.outcome(drop) == "completed"
        if creates in cloud.permits.allowed:
            return


def _kill_while_it_is_read(cloud: GrantedCloud) -> Drop:
    cloud.fault(
        service="storage",
        method="storage.objects.get",
        resource="inbox/objects/demo/killed",
        media=True,
        delay_seconds=_LONG,
        times=1,
    )
    before = cloud.injected()
    drop = cloud.drop("demo/killed.jsonl")
    cloud.until(lambda: cloud.injected() > before)
    cloud.kill("submit_job")
    return drop


def _kill_while_it_is_staged(cloud: GrantedCloud, *, after_effect: bool) -> Drop:
    before = cloud.injected()
    name = "staged" if after_effect else "unstaged"

    # Of this drop alone: the poll's copy of another is not meant.
    def sleeps(inside: LocalCloud, drop: Drop) -> None:
        inside.services.switches.add(
            {
                "service": "storage",
                "method": "storage.objects.rewrite",
                "resource": f"work/objects/{drop.drop_id}/",
                "delay_seconds": _LONG,
                "after_effect": after_effect,
                "times": 1,
            }
        )

    drop = cloud.drop(f"demo/{name}.jsonl", then=sleeps)
    cloud.until(lambda: cloud.injected() > before)
    cloud.kill("submit_job")
    return drop
