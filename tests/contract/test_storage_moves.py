"""
Moves within a bucket, and rewrites that take several calls.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import BadRequest, NotFound, PreconditionFailed
from google.cloud.storage import Bucket

from tests.contract.storage_server import RunningStorage, error_of, running_storage

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_a_move_changes_the_name_and_leaves_nothing(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("a")
    blob.metadata = {"k": "v"}
    blob.upload_from_string(b"content", content_type="text/plain")

    moved = bucket.move_blob(blob, "dir/b")

    assert [each.name for each in bucket.list_blobs()] == ["dir/b"]
    assert (moved.metadata, moved.content_type) == ({"k": "v"}, "text/plain")
    assert moved.generation > blob.generation
    assert moved.metageneration == 1
    assert bucket.blob("dir/b").download_as_bytes() == b"content"
    # https://cloud.google.com/storage/docs/json_api/v1/objects/move
    assert list(bucket.list_blobs(soft_deleted=True)) == []
    kinds = [
        (event.type.value.rpartition(".")[2], event.resource["name"])
        for event in server.events()
        if event.bucket == bucket.name
    ]
    assert kinds == [("finalized", "a"), ("finalized", "dir/b"), ("deleted", "a")]


def test_a_move_replaces_and_archives_as_its_bucket_says(
    server: RunningStorage,
) -> None:
    bucket, versioned = server.bucket(), server.bucket(versioned=True)
    for each in (bucket, versioned):
        server.insert(each.name, "a", b"new")
        server.insert(each.name, "b", b"old")
        each.move_blob(each.blob("a"), "b")
        assert each.blob("b").download_as_bytes() == b"new"
    assert [blob.name for blob in bucket.list_blobs(soft_deleted=True)] == ["b"]
    names = [blob.name for blob in versioned.list_blobs(versions=True)]
    assert names == ["a", "b", "b"]


def test_a_move_heeds_both_sides_preconditions(server: RunningStorage) -> None:
    bucket = server.bucket()
    server.insert(bucket.name, "a", b"a")
    server.insert(bucket.name, "b", b"b")
    for condition in (
        {"if_generation_match": 0},
        {"if_source_generation_match": 1},
        {"if_source_metageneration_match": 2},
        {"if_metageneration_not_match": 1},
    ):
        with pytest.raises(PreconditionFailed):
            bucket.move_blob(bucket.blob("a"), "b", **condition)
    with pytest.raises(NotFound):
        bucket.move_blob(bucket.blob("none"), "b")
    with pytest.raises(BadRequest):
        bucket.move_blob(bucket.blob("a"), "a")
    assert bucket.blob("b").download_as_bytes() == b"b"
    assert [blob.name for blob in bucket.list_blobs()] == ["a", "b"]


def far(server: RunningStorage) -> Bucket:
    bucket = server.client.bucket(f"far-{server.bucket().name}")
    return server.client.create_bucket(bucket, location="EU")


def test_a_copy_to_another_place_is_made_in_pieces(server: RunningStorage) -> None:
    near, target = server.bucket(), far(server)
    data = bytes(range(256)) * 10_000  # 2.44 MiB
    near.blob("o").upload_from_string(data)
    path = f"/storage/v1/b/{near.name}/o/o/rewriteTo/b/{target.name}/o/copy"
    path += f"?maxBytesRewrittenPerCall={MEBIBYTE}"

    first = server.call("POST", path).json()
    assert (first["done"], first["totalBytesRewritten"]) == (False, str(MEBIBYTE))
    assert first["objectSize"] == str(len(data))
    assert "resource" not in first
    assert target.get_blob("copy") is None
    server.restart()
    second = server.call("POST", f"{path}&rewriteToken={first['rewriteToken']}").json()
    assert second["totalBytesRewritten"] == str(2 * MEBIBYTE)
    # What is written meanwhile is not what is copied.
    near.versioning_enabled = True
    near.patch()
    near.blob("o").upload_from_string(b"other")
    last = server.call("POST", f"{path}&rewriteToken={second['rewriteToken']}").json()
    assert (last["done"], last["totalBytesRewritten"]) == (True, str(len(data)))
    assert "rewriteToken" not in last
    assert target.blob("copy").download_as_bytes() == data


def test_the_client_goes_on_to_the_end(server: RunningStorage) -> None:
    near, target = server.bucket(), far(server)
    near.blob("o").upload_from_string(b"x" * 3 * MEBIBYTE)
    blob, token, calls = target.blob("copy"), None, 0
    while calls == 0 or token:
        token, _, _ = blob.rewrite(near.blob("o"), token=token)
        calls += 1
    # Unasked, one call moves a gibibyte.
    assert calls == 1
    blob.update_storage_class("NEARLINE")
    assert target.get_blob("copy").storage_class == "NEARLINE"


def test_within_one_place_and_class_a_copy_is_one_call(server: RunningStorage) -> None:
    bucket, other = server.bucket().name, server.bucket().name
    server.insert(bucket, "o", b"x" * 3 * MEBIBYTE)
    path = f"/storage/v1/b/{bucket}/o/o/rewriteTo/b/{other}/o/copy"
    path += f"?maxBytesRewrittenPerCall={MEBIBYTE}"
    assert server.call("POST", path).json()["done"] is True
    nearline = server.call("POST", path, json={"storageClass": "NEARLINE"}).json()
    assert nearline["done"] is False


def test_a_token_is_good_for_its_own_request_alone(server: RunningStorage) -> None:
    near, target = server.bucket(), far(server)
    server.insert(near.name, "o", b"x" * 3 * MEBIBYTE)
    path = f"/storage/v1/b/{near.name}/o/o/rewriteTo/b/{target.name}/o/copy"
    step = f"maxBytesRewrittenPerCall={MEBIBYTE}"
    token = server.call("POST", f"{path}?{step}").json()["rewriteToken"]
    for wrong in (f"{path}2?rewriteToken={token}", f"{path}?rewriteToken=x"):
        answer = server.call("POST", wrong, status=400)
        assert error_of(answer)[1] == "invalid"
    for size in ("5", "0", "-1048576", "x"):
        wrong = f"{path}?maxBytesRewrittenPerCall={size}"
        server.call("POST", wrong, status=400)
    near.delete_blob("o")
    server.call("POST", f"{path}?{step}&rewriteToken={token}", status=404)
