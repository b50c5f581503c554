"""
The store without HTTP, as the local cloud's set-up uses it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from localcloud.storage.disk.drafts import Draft
from localcloud.storage.disk.store import Store
from localcloud.storage.disk.uploads import SESSION_LIFE
from localcloud.storage.rules.checksums import Checksums
from localcloud.storage.rules.errors import NotFoundError, PreconditionFailedError
from localcloud.storage.rules.preconditions import Preconditions


class Clock:
    """
    Stands still, and may be set back.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, 0, 123_456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = Store(tmp_path, now=clock)
    store.create_bucket_if_absent("bucket-1", "p", {"location": "us-central1"})
    yield store
    store.close()


def test_a_bucket_that_is_there_stays_as_it_is(store: Store) -> None:
    again = store.create_bucket_if_absent("bucket-1", "other", {"location": "EU"})
    assert (again.project, again.location) == ("p", "US-CENTRAL1")


def test_generations_grow_when_the_clock_does_not(store: Store, clock: Clock) -> None:
    first = store.insert_object("bucket-1", "a", b"").generation
    # The bucket has one too.
    assert first == int(clock.now.timestamp() * 1_000_000) + 1
    assert store.insert_object("bucket-1", "b", b"").generation == first + 1
    clock.now -= timedelta(hours=1)
    assert store.insert_object("bucket-1", "a", b"").generation == first + 2
    clock.now += timedelta(hours=2)
    later = store.insert_object("bucket-1", "a", b"")
    assert later.generation == int(clock.now.timestamp() * 1_000_000)
    assert later.created == "2026-11-23T13:00:00.123Z"


def test_an_object_is_inserted_with_its_metadata(store: Store) -> None:
    made = store.insert_object(
        "bucket-1", "a", b"text", content_type="text/plain", metadata={"k": "v"}
    )
    assert made.resource()["contentType"] == "text/plain"
    assert made.resource()["metadata"] == {"k": "v"}
    found, file = store.open_object("bucket-1", "a")
    with file:
        assert (found, file.read()) == (made, b"text")


def test_a_refused_insert_leaves_no_file(store: Store) -> None:
    store.insert_object("bucket-1", "a", b"1")
    with pytest.raises(PreconditionFailedError):
        store.insert_object(
            "bucket-1", "a", b"2", conditions=Preconditions(generation_match=0)
        )
    assert len(list(store.contents.files())) == 1


def test_sessions_are_forgotten_after_their_life(
    tmp_path: Path, store: Store, clock: Clock
) -> None:
    writer = store.contents.writer()
    writer.write(bytes(300_000))
    writer.pause()
    draft = Draft(bucket="bucket-1", name="a", settings={})
    upload = store.uploads.start(
        writer.id, draft, Preconditions(), Checksums(), None, "me@p"
    )
    store.close()

    for age, files in ((SESSION_LIFE, 1), (SESSION_LIFE + timedelta(seconds=1), 0)):
        later = Store(tmp_path, now=lambda age=age: clock.now + age)  # type: ignore[misc]  # mypy can't infer a lambda's default
        try:
            assert len(list(later.contents.files())) == files
            if not files:
                with pytest.raises(NotFoundError):
                    later.uploads.get(upload)
        finally:
            later.close()
