"""
Preconditions as clients meet them: sessions, compositions, etags, buckets.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import NotModified, PreconditionFailed

from tests.contract.storage_server import RunningStorage, running_storage
from tests.contract.storage_verbs import Target, get


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_a_resumable_upload_is_checked_when_it_begins(server: RunningStorage) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "o", b"there")
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=o"

    server.call("POST", f"{path}&ifGenerationMatch=0", status=412)


def test_a_resumable_upload_is_checked_again_when_it_ends(
    server: RunningStorage,
) -> None:
    """
    Both sessions begin while there is no object; the slower one loses.
    """
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=o"
    sessions = [
        server.call("POST", f"{path}&ifGenerationMatch=0").headers["Location"]
        for _ in range(2)
    ]

    answers = [
        server.call("PUT", session.removeprefix(server.url), data=text, status=None)
        for session, text in zip(sessions, [b"first", b"second"], strict=True)
    ]

    assert [answer.status_code for answer in answers] == [200, 412]
    assert server.client.bucket(bucket).blob("o").download_as_bytes() == b"first"


def test_a_condition_of_a_composition_holds_for_its_source(
    server: RunningStorage,
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    bucket = server.client.bucket(target.bucket)
    source = [bucket.blob("o")]

    with pytest.raises(PreconditionFailed):
        bucket.blob("c").compose(source, if_source_generation_match=[1])
    bucket.blob("c").compose(source, if_source_generation_match=[target.generation])
    assert bucket.blob("c").download_as_bytes() == b"old"


def test_a_condition_that_is_no_number_is_refused(server: RunningStorage) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()

    assert get(target, "&ifGenerationMatch=x") == 400
    assert get(target, "&ifGenerationMatch=99999999999999999999") == 400


def test_the_client_sees_the_same(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("o")
    blob.upload_from_string(b"1", if_generation_match=0)

    with pytest.raises(PreconditionFailed):
        blob.upload_from_string(b"2", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        bucket.delete_blob("o", if_generation_match=blob.generation + 1)
    with pytest.raises(PreconditionFailed):
        blob.patch(if_metageneration_match=7)
    with pytest.raises(NotModified):
        blob.reload(if_generation_not_match=blob.generation)
    with pytest.raises(PreconditionFailed):
        blob.download_as_bytes(if_generation_match=5)
    with pytest.raises(PreconditionFailed):
        bucket.blob("c").rewrite(blob, if_source_generation_match=5)
    assert blob.download_as_bytes() == b"1"


def test_etags_are_preconditions_too(server: RunningStorage) -> None:
    blob = server.bucket().blob("o")
    blob.upload_from_string(b"1")
    blob.reload()

    blob.reload(if_etag_match=blob.etag)
    assert blob.download_as_bytes(if_etag_match=blob.etag) == b"1"
    with pytest.raises(PreconditionFailed):
        blob.reload(if_etag_match="other")
    with pytest.raises(NotModified):
        blob.reload(if_etag_not_match=blob.etag)


def test_buckets_have_metagenerations(server: RunningStorage) -> None:
    bucket = server.bucket()
    assert bucket.metageneration == 1
    path = f"/storage/v1/b/{bucket.name}"

    for query, status in [("Match=2", 412), ("NotMatch=1", 304)]:
        server.call("GET", f"{path}?ifMetageneration{query}", status=status)
    for method in ("PATCH", "PUT", "DELETE"):
        for query in ("Match=2", "NotMatch=1"):
            url = f"{path}?ifMetageneration{query}"
            server.call(method, url, json={}, status=412)
    server.call("PATCH", f"{path}?ifMetagenerationMatch=1", json={"labels": {"a": "b"}})
    assert server.client.get_bucket(bucket.name).metageneration == 2
    server.call("DELETE", f"{path}?ifMetagenerationMatch=2", status=204)
