"""
What a batch job has written.
"""

import json

from tests.e2e.buckets import read_object
from tests.running_cloud import RunningCloud


def check_answers(cloud: RunningCloud, source: str, folder: str) -> None:
    """
    Fail unless each row of the source has an answer of a model in the folder.
    """
    asked = read_object(cloud, source).splitlines()
    lines = read_object(cloud, f"{folder}/predictions.jsonl").splitlines()
    assert len(lines) == len(asked) > 0
    for line in lines:
        row = json.loads(line)
        assert row["status"] == ""
        (candidate,) = row["response"]["candidates"]
        assert candidate["content"]["parts"][0]["text"]
