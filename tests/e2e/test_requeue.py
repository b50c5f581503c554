"""
`dropbatch requeue`: drops that were set aside go back to where they were, here on the
local cloud.
"""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from google.cloud.storage import Client

from localcloud.cli.ledger_bucket import LedgerBucketError, look
from shared.adapters.storage_objects import StorageObjects
from shared.drops import Drop
from shared.ledger import Ledger
from shared.records import Record, State, Times
from shared.routes import Route
from tests.e2e.faulty_cloud import dropbatch
from tests.running_cloud import DROPBATCH, RunningCloud

BUCKET = "ledger-of-requeue"


@pytest.fixture
def ledger(
    bare_cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ledger]:
    for name, value in bare_cloud.environment.items():
        monkeypatch.setenv(name, value)
    with Client(project=bare_cloud.told["project"]) as client:
        client.lookup_bucket(BUCKET) or client.create_bucket(BUCKET)
        yield Ledger(StorageObjects(client), BUCKET, owner="test")


def drop(generation: int) -> Drop:
    return Drop(
        bucket="inbox",
        name="in/a.jsonl",
        generation=generation,
        size=1,
        crc32c="",
        dropped_at=datetime(2026, 11, 26, tzinfo=UTC),
    )


def left(ledger: Ledger, dropped: Drop, state: State) -> None:
    """A drop that is in this state, and was submitted before."""
    route = Route(prefix="in/", model="m", location="global", results_prefix="in")
    ledger.claim(
        Record(
            drop=dropped,
            route=route,
            state=state,
            set_aside_from=State.SUBMITTED if state is State.SET_ASIDE else None,
            owner="",
            times=Times(claimed=dropped.dropped_at),
        )
    )


def requeue(cloud: RunningCloud, *given: str) -> "subprocess.CompletedProcess[str]":
    folder = str(cloud.folder)
    command = [DROPBATCH, "run", "--data", folder, "--", DROPBATCH, "requeue", *given]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_drop_is_put_back_where_it_was(
    bare_cloud: RunningCloud, ledger: Ledger
) -> None:
    left(ledger, drop(1), State.SET_ASIDE)
    drop_id = drop(1).drop_id

    done = requeue(bare_cloud, drop_id, "--state-bucket", BUCKET, "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"drop_id": drop_id, "state": "submitted"}
    entry = ledger.read(drop_id)
    assert entry is not None
    assert entry.record.state is State.SUBMITTED
    again = requeue(bare_cloud, drop_id, "--state-bucket", BUCKET)
    assert again.returncode == 1
    assert "is not set aside: it is submitted" in again.stderr


def test_each_of_several_drops_has_a_line_of_its_own(
    bare_cloud: RunningCloud, ledger: Ledger
) -> None:
    left(ledger, drop(2), State.SET_ASIDE)
    left(ledger, drop(3), State.SUBMITTED)
    left(ledger, drop(4), State.SET_ASIDE)
    ids = [drop(generation).drop_id for generation in (2, 3, 4)]

    done = requeue(bare_cloud, *ids, "--state-bucket", f"gs://{BUCKET}/")

    assert done.returncode == 1
    assert [line.split()[1] for line in done.stdout.splitlines()] == [ids[0], ids[2]]
    (refused,) = done.stderr.splitlines()
    assert f"gs://{BUCKET}: drop {ids[1]} is not set aside" in refused


def test_what_is_no_drop_is_told_with_the_bucket(
    bare_cloud: RunningCloud, ledger: Ledger
) -> None:
    unknown = requeue(bare_cloud, "0" * 32, "--state-bucket", BUCKET, "--json")
    misspelt = requeue(bare_cloud, "in/a.jsonl", "--state-bucket", BUCKET)

    assert unknown.returncode == 1
    said = json.loads(unknown.stdout)
    assert (said["drop_id"], "no drop" in said["error"]) == ("0" * 32, True)
    assert f"gs://{BUCKET}: no drop {'0' * 32}" in unknown.stderr
    assert misspelt.returncode == 2
    assert "32 characters of 0-9 and a-f" in misspelt.stderr


def test_what_is_no_bucket_is_told(bare_cloud: RunningCloud) -> None:
    ids, nowhere = ("0" * 32, "1" * 32, "0" * 32), ("--state-bucket", "no-such-ledger")
    missing = requeue(bare_cloud, *ids, *nowhere, "--json")
    misspelt = requeue(bare_cloud, "0" * 32, "--state-bucket", f"{BUCKET}/rec")

    assert missing.returncode == 1
    assert "gs://no-such-ledger: there is no such bucket" in missing.stderr
    told = [json.loads(line) for line in missing.stdout.splitlines()]
    assert [each["drop_id"] for each in told] == ["0" * 32, "1" * 32]
    assert all("no such bucket" in each["error"] for each in told)
    assert misspelt.returncode == 2
    assert f"'{BUCKET}/rec' is no bucket" in misspelt.stderr


@pytest.mark.parametrize(
    ("status", "said"),
    [(503, "can't be reached"), (403, None), (404, "no such bucket")],
)
def test_the_bucket_is_looked_at_within_a_bounded_time(
    bare_cloud: RunningCloud, ledger: Ledger, status: int, said: str | None
) -> None:
    rule = {
        "service": "storage",
        "method": "storage.objects.list",
        "resource": f"buckets/{BUCKET}",
        "error": {"code": status},
    }
    dropbatch(bare_cloud, "faults", "add", "--rule", json.dumps(rule))

    try:
        with Client(project=bare_cloud.told["project"]) as client:
            look(client, BUCKET, patience_seconds=1)
        told = None
    except LedgerBucketError as error:
        told = str(error)
    finally:
        dropbatch(bare_cloud, "faults", "clear")

    assert told is None if said is None else said in str(told)
