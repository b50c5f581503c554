"""
How long what is soft-deleted is kept.
"""

import pytest
from google.api_core.exceptions import NotFound

from tests.contract.storage_clock import Clock
from tests.contract.storage_server import RunningStorage, error_of
from tests.contract.test_storage_soft_delete import clock, files, kept, server

__all__ = ["clock", "server"]


def test_after_its_time_it_is_gone_for_good(
    server: RunningStorage, clock: Clock
) -> None:
    bucket = server.bucket()
    gone = int(server.insert(bucket.name, "o", b"x" * 1000)["generation"])
    bucket.delete_blob("o")

    clock.forward(days=7, seconds=-1)
    assert bucket.get_blob("o", generation=gone, soft_deleted=True) is not None
    clock.forward(seconds=1)

    assert bucket.get_blob("o", generation=gone, soft_deleted=True) is None
    assert kept(bucket) == []
    with pytest.raises(NotFound):
        bucket.restore_blob("o", generation=gone)
    content = server.within(
        lambda store: [path.stat().st_size for path in store.contents.files()]
    )
    assert 1000 in content
    # The next deletion anywhere clears away what is past its time.
    server.insert(bucket.name, "other", b"")
    bucket.delete_blob("other")
    content = server.within(
        lambda store: [path.stat().st_size for path in store.contents.files()]
    )
    assert 1000 not in content


def test_a_changed_policy_is_for_what_is_deleted_later(
    server: RunningStorage, clock: Clock
) -> None:
    bucket = server.bucket()
    server.insert(bucket.name, "before", b"")
    bucket.delete_blob("before")
    bucket.soft_delete_policy.retention_duration_seconds = 0
    clock.forward(minutes=5)
    bucket.patch()
    assert bucket.soft_delete_policy.effective_time == clock.now
    before = files(server)
    server.insert(bucket.name, "after", b"x")
    bucket.delete_blob("after")

    assert [name for name, _ in kept(bucket)] == ["before"]
    assert files(server) == before
    clock.forward(days=6)
    assert [name for name, _ in kept(bucket)] == ["before"]


@pytest.mark.parametrize("seconds", [1, 604_799, 7_776_001, "many", -1, 10**30])
def test_no_other_duration_is_taken(server: RunningStorage, seconds: object) -> None:
    bucket = server.bucket()
    policy = {"softDeletePolicy": {"retentionDurationSeconds": seconds}}
    path = f"/storage/v1/b/{bucket.name}"
    assert error_of(server.call("PATCH", path, json=policy, status=400))[1] == "invalid"
    server.call("PATCH", path, json={"softDeletePolicy": [1]}, status=400)


def test_a_bucket_with_nothing_else_can_be_deleted(server: RunningStorage) -> None:
    bucket = server.bucket()
    server.insert(bucket.name, "o", b"x")
    with_it = files(server)
    bucket.delete_blob("o")
    bucket.delete()
    assert files(server) == with_it - 1
    server.client.create_bucket(bucket)
    assert kept(bucket) == []
