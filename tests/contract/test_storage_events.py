"""
Events: one row for each thing that happens to a generation, kept until delivered.
"""

from collections.abc import Iterator

import pytest
from google.cloud.storage import Bucket

from localcloud.storage.disk.outbox import EventType, StorageEvent
from tests.contract.storage_server import RunningStorage, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def of(server: RunningStorage, bucket: Bucket) -> list[StorageEvent]:
    return [event for event in server.events() if event.bucket == bucket.name]


def kinds(server: RunningStorage, bucket: Bucket) -> list[tuple[str, str]]:
    """
    What happened to which name, in order.
    """
    return [
        (event.type.value.rpartition(".")[2], event.resource["name"])
        for event in of(server, bucket)
    ]


def test_an_event_carries_the_resource(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("in/a.jsonl")
    blob.metadata = {"k": "v"}
    blob.upload_from_string(b"{}", content_type="application/json")

    (event,) = of(server, bucket)

    assert event.type == "google.cloud.storage.object.v1.finalized"
    assert event.time == event.resource["timeCreated"]
    path = f"/storage/v1/b/{bucket.name}/o/in%2Fa.jsonl"
    seen = server.call("GET", path).json()
    origin = "https://storage.googleapis.com"
    seen["mediaLink"] = seen["mediaLink"].replace(server.url, origin)
    assert event.resource == seen
    for number in ("generation", "metageneration", "size"):
        assert isinstance(event.resource[number], str)


def test_every_way_to_make_a_generation_finalizes_it(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.blob("multipart").upload_from_string(b"")
    server.insert(bucket.name, "media", b"")
    with bucket.blob("resumable").open("wb") as file:
        file.write(b"x")
    bucket.blob("rewrite").rewrite(bucket.blob("media"))
    bucket.copy_blob(bucket.blob("media"), bucket, "copy")
    bucket.blob("compose").compose([bucket.blob("media")])
    server.within(lambda store: store.insert_object(bucket.name, "setup", b""))

    names = "multipart", "media", "resumable", "rewrite", "copy", "compose", "setup"
    assert kinds(server, bucket) == [("finalized", name) for name in names]


def test_an_overwrite_also_deletes_or_archives(server: RunningStorage) -> None:
    plain, versioned = server.bucket(), server.bucket(versioned=True)
    for bucket in (plain, versioned):
        for content in (b"1", b"2"):
            bucket.blob("o").upload_from_string(content)

    for bucket, gone in ((plain, "deleted"), (versioned, "archived")):
        happened = [("finalized", "o"), (gone, "o"), ("finalized", "o")]
        assert kinds(server, bucket) == happened
        first, second, third = (event.resource for event in of(server, bucket))
        assert second["generation"] == first["generation"] < third["generation"]
        assert "timeDeleted" in second
        assert "timeDeleted" not in third


def test_deletes_and_patches_are_told(server: RunningStorage) -> None:
    bucket = server.bucket(versioned=True)
    blob = bucket.blob("o")
    blob.upload_from_string(b"")
    blob.metadata = {"k": "v"}
    blob.patch()
    generation = blob.generation
    bucket.blob("o").delete()
    bucket.delete_blob("o", generation=generation)

    happened = ["finalized", "metadataUpdated", "archived", "deleted"]
    assert [kind for kind, _ in kinds(server, bucket)] == happened
    assert of(server, bucket)[1].resource["metadata"] == {"k": "v"}
    assert of(server, bucket)[1].resource["metageneration"] == "2"


def test_what_is_refused_is_no_event(server: RunningStorage) -> None:
    bucket = server.bucket()
    server.insert(bucket.name, "o", b"1")
    path = f"/storage/v1/b/{bucket.name}/o/o?ifGenerationMatch=1"
    server.insert(bucket.name, "o", b"2", query="&ifGenerationMatch=0", status=412)
    server.call("DELETE", path, status=412)
    server.call("PATCH", path, json={}, status=412)

    assert kinds(server, bucket) == [("finalized", "o")]


def test_events_are_read_in_order_and_forgotten_one_by_one(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    for name in "abcd":
        server.insert(bucket.name, name, b"")
    first, second, third, fourth = of(server, bucket)

    assert server.within(lambda _: server.feed.events(first.id, 2)) == [second, third]
    server.within(lambda _: server.feed.forget_event(second.id))
    server.within(lambda _: server.feed.forget_event(fourth.id))
    assert of(server, bucket) == [first, third]
    server.restart()
    assert of(server, bucket) == [first, third]
    server.insert(bucket.name, "e", b"")
    # The id of a forgotten event is not given again: who reads on misses nothing.
    assert of(server, bucket)[-1].id > fourth.id


def test_who_listens_hears_of_each_commit(server: RunningStorage) -> None:
    bucket = server.bucket()
    heard: list[int] = []

    def hear() -> None:
        # What is heard of can be read.
        heard.append(len(server_events()))
        raise RuntimeError("a listener's fault is not the writer's")

    def server_events() -> list[StorageEvent]:
        return [e for e in server.feed.events(0, 10_000) if e.bucket == bucket.name]

    server.within(lambda _: server.feed.on_event(hear))
    server.insert(bucket.name, "o", b"")
    server.insert(bucket.name, "o", b"", query="&ifGenerationMatch=0", status=412)

    assert heard == [1]
    assert EventType(of(server, bucket)[0].type) is EventType.FINALIZED
