"""The example programs, unchanged, against the local cloud."""

import json
import sys
from pathlib import Path

from tests.e2e.pipeline import Pipeline, rows

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_subscriber_receives_once_and_the_results_are_fetched(
    running: Pipeline, tmp_path: Path
) -> None:
    told = running.cloud.told
    # The deployment's own has messages of other tests' drops.
    running.make("subscriptions", "example", topic=told["topic"])
    subscriber = [
        *(sys.executable, str(EXAMPLES / "subscriber.py")),
        *(told["project"], "example"),
        *("--count", "1", "--timeout", "30", "--json"),
        *("--handled", str(tmp_path / "handled.sqlite3")),
    ]
    drop = running.drop("demo/example.jsonl", rows(20))

    received = running.cloud.run(*subscriber, timeout=90)

    assert received.returncode == 0, received.stderr
    said = json.loads(received.stdout)
    fetched = running.cloud.run(
        *(sys.executable, str(EXAMPLES / "fetch_results.py"), "-"),
        *("--to", str(tmp_path / "answers.jsonl")),
        given=json.dumps(said),
    )
    assert fetched.returncode == 0, fetched.stderr
    answers = (tmp_path / "answers.jsonl").read_text().splitlines()
    assert {json.loads(line)["key"] for line in answers} == {
        f"row-{number}" for number in range(20)
    }
    assert running.message(drop)["output_uri"] in json.dumps(said)


def test_results_are_found_by_the_dropped_files_name(
    running: Pipeline, tmp_path: Path
) -> None:
    drop = running.drop("demo/by name ä.jsonl", rows(3))
    running.message(drop)

    fetched = running.cloud.run(
        *(sys.executable, str(EXAMPLES / "fetch_results.py")),
        *("--dropped", drop.name, "--results", running.cloud.told["results"]),
        *("--to", str(tmp_path / "answers.jsonl")),
    )

    assert fetched.returncode == 0, fetched.stderr
    assert len((tmp_path / "answers.jsonl").read_text().splitlines()) == 3
