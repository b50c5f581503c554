"""
Soft delete: what is deleted or overwritten can be had back for a while.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import PreconditionFailed
from google.cloud.storage import Bucket

from tests.contract.storage_clock import Clock
from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage"), now=clock) as running:
        yield running


def kept(bucket: Bucket) -> list[tuple[str, int]]:
    return [
        (blob.name, blob.generation) for blob in bucket.list_blobs(soft_deleted=True)
    ]


def files(server: RunningStorage) -> int:
    return server.within(lambda store: sum(1 for _ in store.contents.files()))


def test_a_new_bucket_keeps_for_seven_days(
    server: RunningStorage, clock: Clock
) -> None:
    bucket = server.bucket()
    bucket.reload()
    policy = bucket.soft_delete_policy
    assert policy.retention_duration_seconds == 7 * 24 * 3600
    assert policy.effective_time == clock.now


def test_what_is_deleted_or_overwritten_can_be_listed_and_told(
    server: RunningStorage, clock: Clock
) -> None:
    bucket = server.bucket()
    first = server.insert(bucket.name, "o", b"first")
    second = server.insert(bucket.name, "o", b"second")
    clock.forward(hours=1)
    bucket.delete_blob("o")

    assert list(bucket.list_blobs()) == []
    assert list(bucket.list_blobs(versions=True)) == []
    generations = [int(first["generation"]), int(second["generation"])]
    assert kept(bucket) == [("o", generation) for generation in generations]
    blob = bucket.get_blob("o", generation=generations[1], soft_deleted=True)
    assert blob.soft_delete_time == clock.now
    assert (blob.hard_delete_time - clock.now).total_seconds() == 7 * 24 * 3600
    assert (blob.size, blob.crc32c) == (6, second["crc32c"])


def test_what_is_soft_deleted_can_be_neither_read_nor_changed(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    gone = server.insert(bucket.name, "o", b"x")["generation"]
    bucket.delete_blob("o")

    path = f"/storage/v1/b/{bucket.name}/o/o?generation={gone}"
    server.call("GET", path, status=404)
    server.call("GET", f"{path}&alt=media", status=404)
    server.call("PATCH", path, json={}, status=404)
    server.call("DELETE", path, status=404)
    server.call("GET", f"/{bucket.name}/o?generation={gone}", status=404)


def test_a_restored_object_is_a_new_generation_of_the_same(
    server: RunningStorage, clock: Clock
) -> None:
    bucket = server.bucket()
    blob = bucket.blob("o")
    blob.metadata = {"k": "v"}
    blob.upload_from_string(b"content", content_type="text/plain")
    blob.patch()
    gone = blob.generation
    blob.delete()
    clock.forward(days=6)

    restored = bucket.restore_blob("o", generation=gone)

    assert restored.generation > gone
    assert restored.metageneration == 1
    assert restored.time_created == clock.now
    assert restored.soft_delete_time is None
    assert (restored.metadata, restored.content_type) == ({"k": "v"}, "text/plain")
    assert bucket.blob("o").download_as_bytes() == b"content"
    # It was a copy: the deleted generation stays until its time is over.
    assert kept(bucket) == [("o", gone)]
    clock.forward(days=2)
    assert kept(bucket) == []
    assert bucket.blob("o").download_as_bytes() == b"content"


def test_a_restoration_replaces_what_is_live(server: RunningStorage) -> None:
    bucket = server.bucket()
    old = int(server.insert(bucket.name, "o", b"old")["generation"])
    new = int(server.insert(bucket.name, "o", b"new")["generation"])

    for wrong in (0, old):
        with pytest.raises(PreconditionFailed):
            bucket.restore_blob("o", generation=old, if_generation_match=wrong)
    bucket.restore_blob("o", generation=old, if_generation_match=new)

    assert bucket.blob("o").download_as_bytes() == b"old"
    assert kept(bucket) == [("o", old), ("o", new)]


def test_in_a_versioned_bucket_only_noncurrent_generations_are_soft_deleted(
    server: RunningStorage,
) -> None:
    bucket = server.bucket(versioned=True)
    old = int(server.insert(bucket.name, "o", b"old")["generation"])
    server.insert(bucket.name, "o", b"new")
    bucket.delete_blob("o")
    assert kept(bucket) == []
    assert len(list(bucket.list_blobs(versions=True))) == 2

    bucket.delete_blob("o", generation=old)
    assert kept(bucket) == [("o", old)]
    again = bucket.restore_blob("o", generation=old)
    newer = bucket.restore_blob("o", generation=old)
    versions = {blob.generation for blob in bucket.list_blobs(versions=True)}
    assert {again.generation, newer.generation} < versions


def test_what_was_soft_deleted_is_there_after_a_restart(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    gone = int(server.insert(bucket.name, "o", b"content")["generation"])
    bucket.delete_blob("o")
    server.restart()
    bucket.restore_blob("o", generation=gone)
    assert bucket.blob("o").download_as_bytes() == b"content"


def test_what_can_not_be_meant_is_refused(server: RunningStorage) -> None:
    bucket = server.bucket().name
    gone = server.insert(bucket, "o", b"")["generation"]
    objects = f"/storage/v1/b/{bucket}/o"
    server.call("DELETE", f"{objects}/o", status=204)

    both = server.call("GET", f"{objects}?softDeleted=true&versions=true", status=400)
    assert error_of(both)[1] == "invalid"
    for path in ("GET /o?softDeleted=true", "POST /o/restore"):
        method, _, rest = path.partition(" ")
        answer = server.call(method, objects + rest, status=400)
        assert error_of(answer)[1] == "required"
    server.call("POST", f"{objects}/o/restore?generation=7", status=404)
    acl = f"{objects}/o/restore?generation={gone}&copySourceAcl=true"
    access = {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}
    server.call("PATCH", f"/storage/v1/b/{bucket}", json=access)
    server.call("POST", acl, status=400)


def test_soft_deleted_objects_come_in_pages(server: RunningStorage) -> None:
    bucket = server.bucket()
    for name in ("a/1", "a/2", "b"):
        server.insert(bucket.name, name, b"")
        bucket.delete_blob(name)
    path = f"/storage/v1/b/{bucket.name}/o?softDeleted=true&maxResults=1"
    found, token = [], ""
    while True:
        page = server.call("GET", f"{path}&pageToken={token}" if token else path).json()
        found += [item["name"] for item in page.get("items", [])]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert found == ["a/1", "a/2", "b"]
    folders = server.call("GET", f"{path}&delimiter=/".replace("maxResults=1&", ""))
    assert folders.json()["prefixes"] == ["a/"]
