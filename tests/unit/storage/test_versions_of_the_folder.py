"""
A data folder that an earlier version wrote goes on with this one.
"""

import sqlite3
from importlib import resources
from pathlib import Path

import pytest

from localcloud.storage.disk.listing import ListRequest
from localcloud.storage.disk.outbox import EventType, Watch
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import NotFoundError


def first_version(folder: Path) -> None:
    """
    A folder of the first version: a bucket, an object, an event that waits, an upload
    that is not whole.
    """
    schema = resources.files("localcloud.storage.disk").joinpath("schema.sql")
    database = sqlite3.connect(folder / "storage.sqlite3")
    database.executescript(
        f"""
        {schema.read_text("utf-8")}
        INSERT INTO bucket VALUES ('bucket-1', 'p', 1, 1, '2026-11-01T00:00:00.000Z',
            '2026-11-01T00:00:00.000Z', '{{}}');
        INSERT INTO object VALUES ('bucket-1', x'6F', 2, 1, 1, 'aa11', 4, NULL,
            'AAAAAA==', NULL, '2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z',
            '2026-11-01T00:00:00.000Z', NULL, '{{"storageClass": "STANDARD"}}');
        INSERT INTO event (type, bucket, time, resource) VALUES
            ('{EventType.FINALIZED}', 'bucket-1', '2026-11-01T00:00:00.000Z', '{{}}');
        INSERT INTO upload (id, content, started, state, bucket, name, settings,
            preconditions, checksums) VALUES ('session', 'bb22',
            '2999-01-01T00:00:00.000Z', 'open', 'bucket-1', x'6F', '{{}}', '{{}}',
            '{{}}');
        PRAGMA user_version = 1;
        """
    )
    database.close()
    content = folder / "contents" / "aa" / "aa11"
    content.parent.mkdir(parents=True)
    content.write_bytes(b"data")


def test_what_the_first_version_kept_is_there(tmp_path: Path) -> None:
    first_version(tmp_path)
    for _ in range(2):
        store = Store(tmp_path)
        try:
            _, file = store.open_object("bucket-1", "o")
            with file:
                assert file.read() == b"data"
            # Its events were the pipeline's.
            (event,) = store.watch(Watch(recipient="eventarc")).events(0, 10)
            assert (event.bucket, event.counterpart) == ("bucket-1", None)
            # Its buckets had no soft delete, and go on without it.
            assert store.buckets.get("bucket-1").soft_delete_seconds == 0
        finally:
            store.close()


def test_its_buckets_delete_for_good(tmp_path: Path) -> None:
    first_version(tmp_path)
    store = Store(tmp_path)
    try:
        store.insert_object("bucket-1", "o", b"new")
        request = ListRequest(bucket="bucket-1", soft_deleted=True)
        assert store.list_objects(request).items == []
        assert len(list(store.contents.files())) == 1
    finally:
        store.close()


def test_uploads_that_nobody_knows_the_account_of_begin_anew(tmp_path: Path) -> None:
    first_version(tmp_path)
    store = Store(tmp_path)
    try:
        with pytest.raises(NotFoundError):
            store.uploads.get("session")
    finally:
        store.close()


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    database = sqlite3.connect(tmp_path / "storage.sqlite3")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(RuntimeError, match="another version"):
        Store(tmp_path)
