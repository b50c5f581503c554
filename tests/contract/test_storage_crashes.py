"""
A SIGKILL at any moment loses nothing that was answered, and leaves nothing over.
"""

import base64
import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import google_crc32c
import pytest
import requests

from localcloud.storage.disk.database import FolderInUseError
from localcloud.storage.disk.listing import ListRequest
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 30
HEADERS = {"Authorization": "Bearer t"}
BLOCK = 256 * 1024


@contextmanager
def process(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """
    A server in a process; killed at the end, if it isn't already.
    """
    command = [sys.executable, "-m", "tests.contract.storage_process", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout is not None
            yield f"http://127.0.0.1:{int(run.stdout.readline())}", run
        finally:
            run.kill()


class Writer(threading.Thread):
    """
    Writes objects and overwrites a shared one until its server is gone.
    """

    def __init__(self, url: str, number: int) -> None:
        super().__init__()
        self._url = f"{url}/upload/storage/v1/b/bucket-1/o?uploadType=media"
        self._number = number
        self.answered: dict[str, bytes] = {}
        self.begun = threading.Event()

    def run(self) -> None:
        turn = 0
        with requests.Session() as http:
            http.headers.update(HEADERS)
            while True:
                name = f"o{self._number}-{turn}"
                data = f"{name}\n".encode() * (1 + turn % 7 * 3000)
                try:
                    for path in (f"&name={name}&ifGenerationMatch=0", "&name=shared"):
                        answer = http.post(
                            self._url + path, data=data, timeout=TIMEOUT_SECONDS
                        )
                        assert answer.status_code == 200
                        self.answered[name] = data
                        self.begun.set()
                except requests.RequestException:
                    return
                turn += 1


@pytest.mark.parametrize("seed", range(5))
def test_what_was_answered_is_there_after_a_kill(tmp_path: Path, seed: int) -> None:
    """
    With its bytes, with one finalize event, and with no file too many.
    """
    store = Store(tmp_path)
    store.create_bucket_if_absent("bucket-1", "p")
    store.close()
    with process(tmp_path) as (url, run):
        writers = [Writer(url, number) for number in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            assert writer.begun.wait(TIMEOUT_SECONDS)
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(random.Random(seed).uniform(0, 0.4))
        run.kill()
        for writer in writers:
            writer.join(TIMEOUT_SECONDS)

    store = Store(tmp_path)
    try:
        answered = {k: v for writer in writers for k, v in writer.answered.items()}
        assert answered
        for name, data in answered.items():
            found, file = store.open_object("bucket-1", name)
            with file:
                assert file.read() == data, found
        check_nothing_is_left_over(store)
    finally:
        store.close()


def everything(store: Store, *, soft_deleted: bool) -> list[StoredObject]:
    after, found = None, []
    while True:
        page = store.list_objects(
            ListRequest(bucket="bucket-1", after=after, soft_deleted=soft_deleted)
        )
        found += page.items
        after = page.next
        if after is None:
            return found


def check_nothing_is_left_over(store: Store) -> None:
    found, kept = (everything(store, soft_deleted=soft) for soft in (False, True))
    for item in found + kept:
        data = store.contents.path(item.content.id).read_bytes()
        assert len(data) == item.content.size
        crc32c = google_crc32c.value(data).to_bytes(4, "big")
        assert base64.b64decode(item.content.crc32c) == crc32c
    assert {path.name for path in store.contents.files()} == {
        item.content.id for item in found + kept
    }
    events = store.outbox.events("tests", 0, 1_000_000)
    finalized = [
        (event.resource["name"], int(event.resource["generation"]))
        for event in events
        if event.type.value.endswith("finalized")
    ]
    assert len(finalized) == len(set(finalized))
    assert {(item.name, item.generation) for item in found} <= set(finalized)
    deleted = [event for event in events if event.type.value.endswith("deleted")]
    assert len(deleted) == len(kept)
    assert len(finalized) - len(deleted) == len(found)


def test_an_upload_goes_on_after_a_kill(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create_bucket_if_absent("bucket-1", "p")
    store.close()
    data = bytes(range(256)) * 4000
    with process(tmp_path) as (url, _):
        path = "/upload/storage/v1/b/bucket-1/o?uploadType=resumable&name=o"
        begun = requests.post(url + path, headers=HEADERS, timeout=TIMEOUT_SECONDS)
        session = begun.headers["Location"].removeprefix(url)
        span = {"Content-Range": f"bytes 0-{2 * BLOCK - 1}/*"}
        chunk = data[: 2 * BLOCK]
        requests.put(url + session, chunk, headers=span, timeout=TIMEOUT_SECONDS)

    with process(tmp_path) as (url, _):
        span = {"Content-Range": f"bytes {2 * BLOCK}-{len(data) - 1}/{len(data)}"}
        rest = data[2 * BLOCK :]
        made = requests.put(
            url + session, rest, headers=span, timeout=TIMEOUT_SECONDS
        ).json()
        assert made["size"] == str(len(data))

    store = Store(tmp_path)
    try:
        check_nothing_is_left_over(store)
        assert len(store.outbox.events("tests", 0, 10)) == 1
    finally:
        store.close()


def test_a_folder_has_one_server(tmp_path: Path) -> None:
    with process(tmp_path) as (url, _):
        with pytest.raises(FolderInUseError):
            Store(tmp_path)
        answer = requests.get(
            f"{url}/storage/v1/b?project=p", headers=HEADERS, timeout=TIMEOUT_SECONDS
        )
        assert json.loads(answer.text) == {"kind": "storage#buckets"}
    Store(tmp_path).close()
