"""
Drops on the local cloud: the deployable archive, the real framework and the
real clients, from the upload to the message.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.drops import FINALIZED, drop_from_event
from shared.problems import Code
from tests.canary import CANARY
from tests.e2e.pipeline import Pipeline, rows
from tests.needs import program
from tests.running_cloud import wait_until
from tests.schemas import check_report


@pytest.mark.parametrize("count", [1, 10, 200_000])
def test_every_row_of_a_drop_comes_back(running: Pipeline, count: int) -> None:
    drop = running.drop(f"demo/{count} rows.jsonl", rows(count))

    said = running.message(drop, seconds=180)

    assert said["outcome"] == "completed"
    assert said["counts"]["succeeded"] == count
    keys = [f"row-{number}" for number in range(count)]
    assert sorted(running.answered(said)) == sorted(keys)


def test_a_file_that_curl_uploads_goes_the_same_way(
    running: Pipeline, tmp_path: Path
) -> None:
    """As the README and `dropbatch local` print it."""
    file = tmp_path / "my.jsonl"
    file.write_bytes(rows(2))
    inbox = running.cloud.told["inbox"]

    done = running.cloud.run(
        *(program("curl"), "-sS", "-X", "POST"),
        *("-H", f"Authorization: {running.cloud.bearer}"),
        *("-T", str(file), f"https://storage.googleapis.com/upload/storage/v1/b/{inbox}"
        "/o?uploadType=media&name=demo/curl.jsonl"),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    dropped = json.loads(done.stdout)
    drop = drop_from_event(FINALIZED, dropped)
    assert running.message(drop)["outcome"] == "completed"


def test_the_folder_and_the_pointer_say_what_the_message_says(
    running: Pipeline,
) -> None:
    drop = running.drop("demo/ä b%2F.jsonl", rows(2))

    (received,) = running.messages(drop)

    said = received["said"]
    assert running.content(f"{said['output_uri']}drop.json") == received["data"]
    results = running.cloud.told["results"]
    pointer = f"gs://{results}/by-name/demo%2F%C3%A4%20b%252F.jsonl"
    led_to = json.loads(running.content(f"{pointer}/{drop.generation}.json"))
    assert led_to["output_uri"] == said["output_uri"]


def test_a_regional_route_runs_in_the_region(running: Pipeline) -> None:
    drop = running.drop("regional/a.jsonl", rows(2))

    said = running.message(drop)

    assert said["location"] == "us-central1"
    (job,) = running.jobs(drop, "us-central1")
    assert job["name"] == said["jobs"][0]["name"]


BAD = {
    Code.NOT_UTF8: rows(1) + b'{"request": "\xff"}\n',
    Code.NOT_JSON: rows(1) + b"{\n",
    Code.NO_REQUEST: rows(1) + b'{"key": "a"}\n',
    Code.EMPTY_FILE: b"",
    Code.TOO_MANY_ROWS: b"{}\n" * 200_001,
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_rejected_with_a_report_and_never_billed(
    running: Pipeline, code: Code
) -> None:
    drop = running.drop(f"demo/{code}.jsonl", BAD[code])

    said = running.message(drop)

    assert said["outcome"] == "rejected"
    assert running.jobs(drop) == []
    report = check_report(running.content(said["report_uri"]))
    if code is Code.TOO_MANY_ROWS:
        # The hundred that are shown are of the rows before it.
        assert report["problem_count"] == 200_001
        assert said["reason"] == Code.NO_REQUEST
        return
    assert said["reason"] == code
    assert report["problems"][0]["line"] == (0 if code is Code.EMPTY_FILE else 2)


def test_what_is_ignored_leaves_one_line_with_the_reason(running: Pipeline) -> None:
    running.drop("demo/notes.txt", b"hello")

    def ignored() -> list[dict[str, Any]]:
        return [
            line
            for line in running.log("submit_job")
            if line["event"] == "ignored" and line["name"] == "demo%2Fnotes.txt"
        ]

    wait_until(ignored)
    assert [line["reason"] for line in ignored()] == ["suffix"]


def test_two_generations_of_one_name_are_two_drops(running: Pipeline) -> None:
    first = running.drop("demo/twice.jsonl", rows(1, "first"))
    second = running.drop("demo/twice.jsonl", rows(2, "second"))

    assert running.message(first)["counts"]["succeeded"] == 1
    assert running.message(second)["counts"]["succeeded"] == 2


def test_a_file_that_is_deleted_at_once_still_runs(running: Pipeline) -> None:
    drop = running.drop("demo/deleted.jsonl", rows(1))
    running.client.bucket(drop.bucket).blob(drop.name).delete()

    assert running.message(drop)["outcome"] == "completed"


def test_objects_of_any_make_and_name_run(running: Pipeline) -> None:
    """Cases 6 to 10, 17, 18 and 22 of the corpus, by Google's own client."""
    names = ["*?[]{}", "#%2F \"'\\", "../../x", "//", "\u202e\u2028\x1b[31m", "x" * 900]
    drops = [running.drop(f"demo/odd/{name}.jsonl", rows(1)) for name in names]
    bucket = running.client.bucket(running.cloud.told["inbox"])

    parts = [bucket.blob(f"elsewhere/part-{number}") for number in range(2)]
    for number, part in enumerate(parts):
        part.upload_from_string(rows(1, f"part {number}"))
    composite = bucket.blob("demo/odd/composite.jsonl")
    composite.compose(parts)
    archived = bucket.blob("demo/odd/archived.jsonl")
    archived.storage_class = "ARCHIVE"
    archived.upload_from_string(rows(1), content_type="text/html")
    for blob in (composite, archived):
        blob.reload()
        drops.append(drop_from_event(FINALIZED, blob._properties))

    assert composite.md5_hash is None
    counts = [running.message(drop)["counts"]["rows"] for drop in drops]
    assert counts == [1] * len(names) + [2, 1]


_AT_DEBUG = """
import json, logging, sys

class Whole(logging.Handler):
    def emit(self, record):
        print(record.name, record.getMessage(), vars(record), file=sys.stderr)

logging.basicConfig(level=logging.DEBUG, handlers=[Whole()])
# Else Google's own set-up keeps its lines from the root.
logging.getLogger("google").setLevel(logging.DEBUG)
from google.cloud.storage import Client
from shared.adapters.pubsub_announcements import PubsubAnnouncements
from shared.adapters.storage_objects import StorageObjects
from shared.adapters.vertex_batches import VertexBatches

project, topic, work, bucket, name, generation, job = sys.argv[1:]
objects = StorageObjects(Client(project=project))
read = []
objects.stream(bucket, name, int(generation), read.append)
objects.copy((bucket, name, int(generation)), (work, "at-debug/copy.jsonl"))
objects.write(work, "at-debug/again.jsonl", b"".join(read), if_generation=0)
batches = VertexBatches(project=project, deployment="dropbatch",
                        create_timeout_seconds=30, call_timeout_seconds=30)
batches.get(job), list(batches.active("global")), batches.find("global", "x")
PubsubAnnouncements(topic=topic, timeout_seconds=30).publish(b"{}", {"a": "b"})
print(json.dumps(b"".join(read).decode()))
"""


def test_nothing_of_a_drop_is_logged_by_googles_clients_or_the_functions(
    running: Pipeline,
) -> None:
    """The clients at DEBUG, with the payloads that Google puts beside its lines."""
    drop = running.drop("demo/canary.jsonl", rows(3, CANARY))
    said = running.message(drop)
    told = running.cloud.told

    # What is published there is no message of a drop.
    topic = running.make("topics", "at-debug")
    places = (told["project"], topic, told["work"], drop.bucket, drop.name)
    done = running.cloud.run(
        *(sys.executable, "-c", _AT_DEBUG, *places),
        *(str(drop.generation), said["jobs"][0]["name"]),
    )

    assert done.returncode == 0, done.stderr
    assert CANARY in done.stdout
    for it in ("urllib3", "aiplatform.v1.JobService", "pubsub.v1.Publisher"):
        assert it in done.stderr
    assert CANARY not in done.stderr
    for log in (running.cloud.folder / "logs").iterdir():
        assert CANARY not in log.read_text(), log
