"""
The page about the page says what there is.
"""

import re
from pathlib import Path

from tests.page.cloud_in_thread import CloudInThread

TEXT = (Path(__file__).parents[2] / "docs" / "local-cloud" / "page.md").read_text()
# What a cloud without the pipeline does not have.
OF_THE_PIPELINE = {"drops", "drop", "logs"}


def documented() -> dict[str, str]:
    """
    Each path of the table, and what its row says.
    """
    rows = re.findall(r"^\| `(?:POST )?/admin/state/([a-z/]+)` \|(.*)$", TEXT, re.M)
    return dict(rows)


def test_every_path_of_the_table_is_there_and_no_other(held: CloudInThread) -> None:
    page = held.cloud.page
    assert page._stores is not None
    there = set(page._reading(page._stores)) | {"jobs/cancel", "download"}

    assert set(documented()) == there | OF_THE_PIPELINE


def test_every_field_of_an_answer_is_told(held: CloudInThread) -> None:
    held.bucket("told")
    held.objects("told", {"a": b"x"})
    held.jobs("told")
    subscription = held.publish("told", b"x")
    answers = {
        "summary": held.state("summary"),
        "jobs": held.state("jobs")["jobs"][0],
        "buckets": held.state("buckets")["buckets"][0],
        "objects": held.state("objects?bucket=told")["objects"][0],
        "topics": held.state("topics")["topics"][0]["subscriptions"][0],
        "messages": held.state(f"messages?subscription={subscription}")["messages"][0],
    }
    for path, answer in answers.items():
        told = set(re.findall(r"`([A-Za-z]+)`", documented()[path]))
        assert set(answer) - told == set(), path
