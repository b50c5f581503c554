"""
Every precondition on every verb, with its two outcomes.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from google.api_core.exceptions import NotModified, PreconditionFailed

from tests.contract.storage_server import RunningStorage, error_of, running_storage

MULTIPART = (
    b"--b\r\ncontent-type: application/json\r\n\r\n%s\r\n"
    b"--b\r\ncontent-type: text/plain\r\n\r\nnew\r\n--b--"
)
KINDS = [
    "GenerationMatch",
    "GenerationNotMatch",
    "MetagenerationMatch",
    "MetagenerationNotMatch",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@dataclass
class Target:
    """
    An object `o` at metageneration 2, and a bystander `s` to copy from.
    """

    server: RunningStorage
    bucket: str
    generation: int = 0

    def prepare(self) -> None:
        for name in ("s", "o"):
            made = self.server.insert(self.bucket, name, b"old")
            self.server.call(
                "PATCH", f"/storage/v1/b/{self.bucket}/o/{name}", json={"metadata": {}}
            )
        self.generation = int(made["generation"])

    def state(self) -> str:
        """
        All there is, as the API tells it.
        """
        path = f"/storage/v1/b/{self.bucket}/o?versions=true"
        return self.server.call("GET", path).text


def media(target: Target, condition: str) -> int:
    path = f"/upload/storage/v1/b/{target.bucket}/o?uploadType=media&name=o"
    return status(target, "POST", path + condition, data=b"new")


def multipart(target: Target, condition: str) -> int:
    path = f"/upload/storage/v1/b/{target.bucket}/o?uploadType=multipart"
    return status(
        target,
        "POST",
        path + condition,
        data=MULTIPART % json.dumps({"name": "o"}).encode(),
        headers={"content-type": "multipart/related; boundary=b"},
    )


def resumable(target: Target, condition: str) -> int:
    path = f"/upload/storage/v1/b/{target.bucket}/o?uploadType=resumable&name=o"
    begun = target.server.call("POST", path + condition, status=None)
    if begun.status_code != 200:
        return begun.status_code
    session = begun.headers["Location"].removeprefix(target.server.url)
    return status(target, "PUT", session, data=b"new")


def get(target: Target, condition: str) -> int:
    return status(target, "GET", f"/storage/v1/b/{target.bucket}/o/o?x{condition}")


def download(target: Target, condition: str) -> int:
    path = f"/download/storage/v1/b/{target.bucket}/o/o?alt=media{condition}"
    return status(target, "GET", path)


def patch(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o?x{condition}"
    return status(target, "PATCH", path, json={"contentType": "a/b"})


def update(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o?x{condition}"
    return status(target, "PUT", path, json={"contentType": "a/b"})


def delete(target: Target, condition: str) -> int:
    return status(target, "DELETE", f"/storage/v1/b/{target.bucket}/o/o?x{condition}")


def rewrite(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/s/rewriteTo/b/{target.bucket}/o/o?x"
    return status(target, "POST", path + condition)


def copy(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/s/copyTo/b/{target.bucket}/o/o?x"
    return status(target, "POST", path + condition)


def compose(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o/compose?x{condition}"
    return status(target, "POST", path, json={"sourceObjects": [{"name": "s"}]})


def rewrite_source(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o/rewriteTo/b/{target.bucket}/o/new?x"
    return status(target, "POST", path + condition.replace("&if", "&ifSource"))


def copy_source(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o/copyTo/b/{target.bucket}/o/new?x"
    return status(target, "POST", path + condition.replace("&if", "&ifSource"))


def status(target: Target, method: str, path: str, **arguments: object) -> int:
    answer = target.server.call(method, path, status=None, **arguments)
    if answer.status_code == 412 and "alt=media" not in path:
        assert error_of(answer) == (
            412,
            "conditionNotMet",
            "At least one of the pre-conditions you specified did not hold.",
        )
    return answer.status_code


READS = [get, download]
WRITES = [media, multipart, resumable, patch, update, delete, rewrite, copy, compose]
WRITES += [rewrite_source, copy_source]
INSERTS = [media, multipart, resumable, rewrite, copy, compose]
Verb = Callable[[Target, str], int]


def ids(verb: Verb) -> str:
    return verb.__name__


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", READS + WRITES, ids=ids)
def test_what_holds_lets_the_request_through(
    server: RunningStorage, verb: Verb, kind: str
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    match = target.generation if kind.startswith("Generation") else 2
    value = match if not kind.endswith("NotMatch") else match + 1

    assert verb(target, f"&if{kind}={value}") in (200, 204)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", READS + WRITES, ids=ids)
def test_what_does_not_hold_stops_the_request_and_changes_nothing(
    server: RunningStorage, verb: Verb, kind: str
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    before = target.state()
    match = target.generation if kind.startswith("Generation") else 2
    value = match + 1 if not kind.endswith("NotMatch") else match

    refused = 304 if verb in READS and kind.endswith("NotMatch") else 412
    assert verb(target, f"&if{kind}={value}") == refused
    assert target.state() == before


@pytest.mark.parametrize("verb", READS + WRITES, ids=ids)
def test_generation_0_never_matches_what_is_there(
    server: RunningStorage, verb: Verb
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    before = target.state()

    assert verb(target, "&ifGenerationMatch=0") == 412
    assert target.state() == before


@pytest.mark.parametrize("verb", INSERTS, ids=ids)
def test_generation_0_matches_what_is_not_there(
    server: RunningStorage, verb: Verb
) -> None:
    target = Target(server, server.bucket().name)
    server.insert(target.bucket, "s", b"old")

    assert verb(target, "&ifGenerationMatch=0") == 200


@pytest.mark.parametrize(
    "condition",
    ["GenerationMatch=5", "GenerationNotMatch=0", "MetagenerationMatch=1"],
)
@pytest.mark.parametrize("verb", INSERTS, ids=ids)
def test_only_what_exists_can_be_asked_to_be_at_a_generation(
    server: RunningStorage, verb: Verb, condition: str
) -> None:
    target = Target(server, server.bucket().name)
    server.insert(target.bucket, "s", b"old")
    before = target.state()

    assert verb(target, f"&if{condition}") == 412
    assert target.state() == before


@pytest.mark.parametrize("verb", [get, download, patch, update, delete], ids=ids)
def test_what_is_not_there_is_not_found_whatever_is_asked_of_it(
    server: RunningStorage, verb: Verb
) -> None:
    target = Target(server, server.bucket().name)

    assert verb(target, "&ifGenerationMatch=5") == 404


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
