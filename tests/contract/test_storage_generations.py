"""
Generations, metagenerations and versions.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import NotFound
from google.cloud.storage import Blob, Bucket

from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def write(bucket: Bucket, name: str, *contents: bytes) -> list[int]:
    """
    Write each content over the one before; returns their generations.
    """
    generations = []
    for content in contents:
        blob = bucket.blob(name)
        blob.upload_from_string(content)
        generations.append(blob.generation)
    return generations


def versions(bucket: Bucket) -> list[Blob]:
    return list(bucket.list_blobs(versions=True))


def test_each_write_makes_a_greater_generation(server: RunningStorage) -> None:
    """
    Over all names, and as microseconds since 1970.
    """
    bucket = server.bucket()
    made = [write(bucket, f"o{n % 2}", b"x")[0] for n in range(6)]

    assert made == sorted(set(made))
    blob = bucket.get_blob("o1")
    assert blob is not None
    assert abs(blob.time_created.timestamp() * 1_000_000 - made[-1]) < 1_000_000


def test_generations_grow_over_a_restart(server: RunningStorage) -> None:
    bucket = server.bucket()
    (before,) = write(bucket, "o", b"1")
    bucket.blob("o").delete()
    server.restart()
    (after,) = write(bucket, "o", b"2")

    assert after > before


def test_a_patch_changes_the_metageneration_alone(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("o")
    blob.upload_from_string(b"1")
    before = (blob.generation, blob.etag, blob.time_created)
    assert blob.metageneration == 1

    blob.metadata = {"a": "b"}
    blob.patch()

    assert blob.metageneration == 2
    assert (blob.generation, blob.time_created) == (before[0], before[2])
    assert blob.etag != before[1]
    assert blob.updated >= blob.time_created
    write(bucket, "o", b"2")
    blob = bucket.get_blob("o")
    assert blob.metageneration == 1
    assert blob.metadata is None


def test_an_overwritten_generation_is_gone(server: RunningStorage) -> None:
    bucket = server.bucket()
    first, second = write(bucket, "o", b"1", b"2")
    old = bucket.blob("o", generation=first)

    with pytest.raises(NotFound, match=f"No such object: {bucket.name}/o"):
        old.download_as_bytes()
    with pytest.raises(NotFound):
        old.reload()
    with pytest.raises(NotFound):
        old.delete()
    with pytest.raises(NotFound):
        old.patch()
    with pytest.raises(NotFound, match=f"No such object: {bucket.name}/o"):
        bucket.copy_blob(bucket.blob("o"), bucket, "c", source_generation=first)
    assert [blob.generation for blob in versions(bucket)] == [second]


def test_a_versioned_bucket_keeps_what_is_overwritten(server: RunningStorage) -> None:
    bucket = server.bucket(versioned=True)
    first, second = write(bucket, "o", b"1", b"2")

    old = bucket.blob("o", generation=first)
    old.reload()
    assert old.download_as_bytes() == b"1"
    assert old.time_deleted is not None
    assert bucket.blob("o").download_as_bytes() == b"2"
    assert [blob.generation for blob in versions(bucket)] == [first, second]
    assert [blob.generation for blob in bucket.list_blobs()] == [second]
    bucket.blob("c").rewrite(old, if_source_generation_match=first)
    assert bucket.blob("c").download_as_bytes() == b"1"
    old.metadata = {"still": "mine"}
    old.patch()
    assert bucket.get_blob("o", generation=first).metadata == {"still": "mine"}


def test_a_delete_archives_what_a_delete_by_generation_removes(
    server: RunningStorage,
) -> None:
    bucket = server.bucket(versioned=True)
    first, second = write(bucket, "o", b"1", b"2")

    bucket.blob("o").delete()

    with pytest.raises(NotFound):
        bucket.blob("o").reload()
    with pytest.raises(NotFound):
        bucket.blob("o").delete()
    assert list(bucket.list_blobs()) == []
    assert [blob.generation for blob in versions(bucket)] == [first, second]
    # There is no live generation, so one may be created.
    bucket.blob("o").upload_from_string(b"3", if_generation_match=0)

    bucket.delete_blob("o", generation=first)
    bucket.delete_blob("o", generation=second)
    assert [blob.download_as_bytes() for blob in versions(bucket)] == [b"3"]


def test_deleting_the_live_generation_by_number_brings_no_older_one_back(
    server: RunningStorage,
) -> None:
    bucket = server.bucket(versioned=True)
    first, second = write(bucket, "o", b"1", b"2")

    bucket.delete_blob("o", generation=second)

    with pytest.raises(NotFound):
        bucket.blob("o").reload()
    assert [blob.generation for blob in versions(bucket)] == [first]


def test_a_bucket_that_stops_versioning_keeps_what_it_has(
    server: RunningStorage,
) -> None:
    bucket = server.bucket(versioned=True)
    first, _ = write(bucket, "o", b"1", b"2")
    bucket.versioning_enabled = False
    bucket.patch()
    (third,) = write(bucket, "o", b"3")

    assert [blob.generation for blob in versions(bucket)] == [first, third]


def test_a_bucket_with_only_old_generations_is_not_empty(
    server: RunningStorage,
) -> None:
    bucket = server.bucket(versioned=True)
    (only,) = write(bucket, "o", b"1")
    bucket.blob("o").delete()
    path = f"/storage/v1/b/{bucket.name}"

    answer = server.call("DELETE", path, status=409)

    message = "The bucket you tried to delete is not empty."
    assert error_of(answer) == (409, "conflict", message)
    bucket.delete_blob("o", generation=only)
    server.call("DELETE", path, status=204)
    server.call("GET", path, status=404)
