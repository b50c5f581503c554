"""
The plugin's own calls, in a run of tests that takes hours.
"""

from localcloud.plugin.calls import DoorCalls
from tests.running_cloud import RunningCloud

BUCKETS = ("GET", "storage.googleapis.com", "/storage/v1/b")


def test_a_token_is_renewed_before_it_ends(bare_cloud: RunningCloud) -> None:
    seconds = [0.0]
    calls = DoorCalls(bare_cloud.told["variables"], now=lambda: seconds[0])
    used = []

    for passed in (0.0, 1_800.0, 3_590.0, 7_300.0):
        seconds[0] = passed
        calls.call(*BUCKETS, project=bare_cloud.told["project"])
        used.append(calls._token)  # what it carries is nobody else's to see

    assert used[0] == used[1]
    assert len(set(used)) == 3
