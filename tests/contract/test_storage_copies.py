"""
Copies: exact, of the generation that was named, and with the metadata asked for.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud.storage import Bucket

from tests.contract.storage_server import RunningStorage, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def write(bucket: Bucket, name: str, content: bytes) -> int:
    blob = bucket.blob(name)
    blob.metadata = {"from": name}
    blob.cache_control = "no-store"
    blob.upload_from_string(content, content_type="text/plain")
    return int(blob.generation)


def test_a_copy_is_of_the_generation_that_was_named(server: RunningStorage) -> None:
    inbox, work = server.bucket(versioned=True), server.bucket()
    first = write(inbox, "drop.jsonl", b"first")
    write(inbox, "drop.jsonl", b"second")

    source = inbox.blob("drop.jsonl", generation=first)
    copy = work.blob("copy")
    token, done, total = copy.rewrite(
        source, if_source_generation_match=first, if_generation_match=0
    )

    assert (token, done, total) == (None, 5, 5)
    assert copy.download_as_bytes() == b"first"
    source.reload()
    assert (copy.crc32c, copy.md5_hash) == (source.crc32c, source.md5_hash)
    assert (copy.size, copy.metageneration) == (5, 1)
    inbox.delete_blob("drop.jsonl", generation=first)
    with pytest.raises(NotFound, match=f"No such object: {inbox.name}/drop.jsonl"):
        work.blob("other").rewrite(source)


def test_a_copy_outlives_its_source(server: RunningStorage) -> None:
    bucket = server.bucket()
    write(bucket, "a", b"content")
    bucket.copy_blob(bucket.blob("a"), bucket, "b")
    bucket.blob("a").delete()
    server.restart()
    assert bucket.blob("b").download_as_bytes() == b"content"


def test_an_object_can_be_copied_onto_itself(server: RunningStorage) -> None:
    bucket = server.bucket()
    first = write(bucket, "a", b"content")

    blob = bucket.blob("a")
    blob.rewrite(bucket.blob("a"))

    assert blob.generation > first
    assert bucket.blob("a").download_as_bytes() == b"content"
    with pytest.raises(NotFound):
        bucket.blob("a", generation=first).reload()


def test_a_copy_takes_the_metadata_along_or_has_its_own(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    write(bucket, "a", b"content")

    copy = bucket.blob("plain")
    copy.rewrite(bucket.blob("a"))
    assert (copy.metadata, copy.content_type) == ({"from": "a"}, "text/plain")
    assert copy.cache_control == "no-store"
    own = bucket.blob("own")
    own.metadata = {"mine": "yes"}
    own.content_type = "a/b"
    own.rewrite(bucket.blob("a"))
    assert (own.metadata, own.content_type) == ({"mine": "yes"}, "a/b")
    assert own.cache_control is None
    cold = bucket.blob("a")
    cold.update_storage_class("NEARLINE")
    assert cold.storage_class == "NEARLINE"
    assert (cold.metadata, cold.content_type) == ({"from": "a"}, "text/plain")


def test_a_copy_of_nothing_or_to_nowhere_is_not_found(server: RunningStorage) -> None:
    bucket = server.bucket()
    write(bucket, "a", b"")

    with pytest.raises(NotFound, match="No such object"):
        bucket.blob("b").rewrite(bucket.blob("none"))
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        server.client.bucket("no-such-bucket").blob("b").rewrite(bucket.blob("a"))


def test_a_composition_joins_its_sources(server: RunningStorage) -> None:
    bucket = server.bucket()
    write(bucket, "a", b"A" * 300_000)
    write(bucket, "b", b"B" * 2_000_000)
    joined = bucket.blob("c")
    joined.content_type = "text/x"

    joined.compose([bucket.blob("a"), bucket.blob("b"), bucket.blob("a")])

    assert (joined.component_count, joined.content_type) == (3, "text/x")
    assert joined.md5_hash is None
    content = b"A" * 300_000 + b"B" * 2_000_000 + b"A" * 300_000
    assert joined.download_as_bytes() == content  # crc32c is compared
    again = bucket.blob("c")
    again.compose([bucket.blob("c"), bucket.blob("b")])
    assert again.component_count == 4
    etag = server.call("GET", f"/{bucket.name}/c").headers["ETag"]
    assert etag == f'"-{again.etag}"'
    copy = bucket.copy_blob(again, bucket, "d")
    assert (copy.component_count, copy.md5_hash) == (4, None)


def test_a_composition_may_pin_and_consume_its_sources(
    server: RunningStorage,
) -> None:
    bucket = server.bucket(versioned=True)
    first = write(bucket, "a", b"1")
    write(bucket, "a", b"2")
    path = f"/storage/v1/b/{bucket.name}/o/c/compose"
    sources = [{"name": "a", "generation": str(first)}, {"name": "a"}]

    server.call("POST", path, json={"sourceObjects": sources})
    assert bucket.blob("c").download_as_bytes() == b"12"
    body = {"sourceObjects": [{"name": "c"}], "deleteSourceObjects": True}
    server.call("POST", path.replace("/c/", "/d/"), json=body)
    assert [blob.name for blob in bucket.list_blobs()] == ["a", "d"]


def test_a_composition_has_1_to_32_sources(server: RunningStorage) -> None:
    bucket = server.bucket()
    write(bucket, "a", b"1")

    bucket.blob("c").compose([bucket.blob("a")] * 32)
    for count in (0, 33):
        with pytest.raises(BadRequest):
            bucket.blob("c").compose([bucket.blob("a")] * count)
    with pytest.raises(NotFound):
        bucket.blob("c").compose([bucket.blob("a"), bucket.blob("none")])
    assert bucket.blob("c").download_as_bytes() == b"1" * 32


def test_a_file_is_kept_as_long_as_a_row_names_it(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.soft_delete_policy.retention_duration_seconds = 0
    bucket.patch()
    write(bucket, "a", b"content")
    content = server.within(lambda store: store.objects.get(bucket.name, "a").content)
    path = server.within(lambda store: store.contents.path(content.id))
    bucket.copy_blob(bucket.blob("a"), bucket, "b")

    bucket.blob("a").delete()
    assert path.exists()
    bucket.blob("b").upload_from_string(b"other")
    assert not path.exists()
