"""
Cloud Storage as it really is, all at once, under the functions as they are deployed and
the real clients: one write a second of each name, 429 and 503 on one call in ten,
answers lost after the effect, connections cut, lists in pages of three, versions and
soft-deleted generations, one that vanishes between its check and its copy, 403 in place
of 404. (`tests/properties/test_storage_weather.py` has thousands of runs without them.)
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from google.api_core.exceptions import GoogleAPICallError, TooManyRequests
from google.cloud.storage.retry import DEFAULT_RETRY

from shared.drops import Drop
from tests.e2e.pipeline import Pipeline, pipeline, rows
from tests.refused_downloads import refused_downloads
from tests.running_cloud import at_the_door, running_cloud, wait_until

# A call that fails is repeated, and an event that was not answered comes again: where
# the machine is slow, that may take long.
_SECONDS = 150
_REWRITE = "storage.objects.rewrite"
SCENARIO = """
seed = 7

[knobs]
list_page = 3
writes_per_second = 1
write_burst = 2

[disturbance]
delay_seconds = [2.0, 2.5]
shuffle = true

[[faults]]
name = "create-quota"
times = 2

# Until one generation is gone.
[[faults]]
service = "storage"
method = "storage.objects.rewrite"
error = { code = 503 }

[[faults]]
service = "storage"
share = 0.05
error = { code = 429 }

[[faults]]
service = "storage"
share = 0.05
error = { code = 503 }

# Not of uploads into the inbox: who repeats one makes another drop.
[[faults]]
service = "storage"
method = "storage.objects.*"
resource = "buckets/dropbatch-local-(state|work|results)/objects/"
share = 0.06
error = { code = 503 }
after_effect = true

[[faults]]
service = "storage"
method = "storage.objects.*"
resource = "buckets/dropbatch-local-(state|work|results)/objects/"
share = 0.04
cut = true
after_effect = true

[[faults]]
name = "storage-download-cut"
share = 0.1

[[faults]]
name = "storage-missing-is-forbidden"
method = "storage.objects.get"
share = 0.1
"""
BAD = rows(1) + b'{"key": "no request"}\n'

pytestmark = pytest.mark.filterwarnings(
    # Of connections that the client leaves open: see `refused_downloads`.
    "ignore:unclosed:ResourceWarning"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("storage")
    scenario = folder / "scenario.toml"
    scenario.write_text(SCENARIO)
    with (
        refused_downloads(),
        running_cloud(
            folder / "data", "--speed", "10", "--scenario", str(scenario)
        ) as cloud,
        at_the_door(cloud),
        pipeline(cloud) as running,
    ):
        yield running


def forgotten(running: Pipeline, drop: Drop) -> None:
    """Delete a generation, so that it is soft-deleted; there may be others."""
    inbox = running.client.bucket(drop.bucket)
    inbox.blob(drop.name, generation=drop.generation).delete()


def restored(running: Pipeline, drop: Drop) -> Drop:
    inbox = running.client.bucket(drop.bucket)
    again = inbox.restore_blob(
        drop.name, generation=drop.generation, retry=DEFAULT_RETRY
    )
    return replace(drop, generation=int(again.generation))


def dropped(running: Pipeline) -> dict[Drop, str]:
    """Drops of every kind, and how each is to end."""
    ends = {
        running.drop(f"demo/good {n}.jsonl", rows(n)): "completed" for n in range(1, 5)
    }
    ends[running.drop("demo/bad.jsonl", BAD)] = "no_request"
    for number in (1, 2):
        ends[running.drop("demo/overwritten.jsonl", rows(number))] = "completed"
    for number in (1, 2):
        deleted = running.drop(f"demo/deleted {number}.jsonl", rows(1))
        running.client.bucket(deleted.bucket).blob(deleted.name).delete()
        ends[deleted] = "completed"
    gone = running.drop("demo/restored.jsonl", rows(1))
    forgotten(running, gone)
    ends[gone] = "superseded"
    ends[restored(running, gone)] = "completed"
    return ends


def told(running: Pipeline) -> Any:
    faults = f"{running.cloud.told['admin']}/admin/faults"
    return requests.get(faults, timeout=10).json()


def vanishes(running: Pipeline, drop: Drop) -> None:
    """Delete a generation when its check is over, and its copy has been asked for."""

    def is_asked_for() -> bool:
        return any(
            each["method"] == _REWRITE and drop.drop_id in each["resource"]
            for each in told(running)["injected"]
        )

    wait_until(is_asked_for, _SECONDS)
    forgotten(running, drop)
    (rule,) = [
        rule["id"] for rule in told(running)["rules"] if rule["method"] == _REWRITE
    ]
    url = f"{running.cloud.told['admin']}/admin/faults/{rule}"
    requests.delete(url, timeout=10).raise_for_status()


def pages(running: Pipeline, role: str, prefix: str = "") -> list[list[str]]:
    """The names that lie there, by the page of the list that has them."""
    listed = running.client.list_blobs(running.cloud.told[role], prefix=prefix)
    return [[blob.name for blob in page] for page in listed.pages]


def names(running: Pipeline, role: str, prefix: str = "") -> list[str]:
    return [name for page in pages(running, role, prefix) for name in page]


def refused_for_its_rate(running: Pipeline) -> int:
    """How many of twenty writes of one name, right after one another, are too fast."""
    blob = running.client.bucket(running.cloud.told["work"]).blob("often")
    refused = 0
    for _ in range(20):
        try:
            blob.upload_from_string(b"", retry=None)
        except TooManyRequests:
            refused += 1
        except (GoogleAPICallError, requests.ConnectionError):
            # A fault of the scenario.
            continue
    return refused


def test_every_drop_ends_as_in_calm_weather(running: Pipeline) -> None:
    vanishing = running.drop("demo/vanishing.jsonl", rows(1))
    ends = {vanishing: "superseded"} | dropped(running)
    vanishes(running, vanishing)

    # What gets a job comes to its end after what does not.
    for drop, end in sorted(ends.items(), key=lambda each: each[1] == "completed"):
        received = running.messages(drop, _SECONDS)
        said = received[0]["said"]
        assert (said["reason"] or said["outcome"]) == end, drop.name
        assert len({each["data"] for each in received}) == 1
        assert len({each["attributes"]["ce-id"] for each in received}) == 1
        assert len(running.jobs(drop)) == (1 if end == "completed" else 0), drop.name
    wait_until(lambda: not names(running, "state", "open/"), _SECONDS)

    # Beside them lie the notes of routes, and how far the backstop has looked.
    records = names(running, "state", "rec/")
    assert sorted(records) == sorted(
        f"rec/{drop.drop_id[:2]}/{drop.drop_id}.json" for drop in ends
    )
    for name in records:
        record = json.loads(
            running.content(f"gs://{running.cloud.told['state']}/{name}")
        )
        assert record["state"] == "published"
    assert [rule for rule in told(running)["rules"] if not rule["befell"]] == []
    sizes = [len(page) for page in pages(running, "state", "rec/")]
    assert len(sizes) > 1
    assert max(sizes) <= 3
    assert refused_for_its_rate(running) >= 8
