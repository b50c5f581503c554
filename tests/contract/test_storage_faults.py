"""
Faults of storage: each catalogued one played, and what its rules can do beside that.
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud.storage import Bucket
from google.cloud.storage.retry import DEFAULT_RETRY

from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.faults import Faults
from localcloud.faults.rules import FaultError, Rule
from localcloud.storage.disk.store import Store
from localcloud.storage.faults.rules import StorageFault
from localcloud.storage.rules.errors import NotFoundError
from tests.contract.storage_server import RunningStorage, error_of, running_storage
from tests.contract.storage_session import Session
from tests.unit.faults.played import Plays, switch_on

plays = Plays()

DATA = bytes(range(250)) * 200  # 50,000 bytes
BROKEN = (
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as server:
        yield server


class Storage:
    """
    A bucket with the object `o`, and faults that are switched on after it was made.
    """

    def __init__(self, server: RunningStorage) -> None:
        self.server = server
        self.faults: Faults = server.faults
        self.bucket: Bucket = server.bucket()
        self.name = str(self.bucket.name)
        self.insert("o")
        self.object = f"/storage/v1/b/{self.name}/o/o"

    def insert(self, name: str, *, status: int | None = 200) -> requests.Response:
        path = f"/upload/storage/v1/b/{self.name}/o?uploadType=media&name={name}"
        return self.server.call("POST", path, data=DATA, status=status)

    def call(
        self, method: str, path: str, status: int | None = 200, **more: Any
    ) -> requests.Response:
        return self.server.call(method, path, status=status, **more)

    def generation(self, name: str) -> int | None:
        """
        What there is of a name, whatever faults are on; None if it isn't there.
        """

        def look(store: Store) -> int | None:
            try:
                stored, file = store.open_object(self.name, name, None)
            except NotFoundError:
                return None
            file.close()
            return stored.generation

        return self.server.within(look)

    def retried(self, name: str) -> None:
        """
        Upload with the real client, which tries again.
        """
        blob = self.bucket.blob(name)
        blob.upload_from_string(DATA, retry=DEFAULT_RETRY.with_deadline(10))


@pytest.fixture
def storage(running: RunningStorage) -> Iterator[Storage]:
    made = Storage(running)
    yield made
    made.faults.clear()


@pytest.mark.parametrize(
    "name", [each.name for each in catalogue().values() if each.service == "storage"]
)
def test_a_fault_does_what_its_sentence_says(name: str, storage: Storage) -> None:
    assert name in plays.by_name, f"nothing plays {name}"
    switch_on(storage.faults, name)
    plays.by_name[name](storage)


def refused(answer: requests.Response, code: int, reason: str, text: str) -> None:
    told = error_of(answer)
    assert (answer.status_code, told[:2]) == (code, (code, reason))
    assert text in told[2]


@plays.of("storage-unavailable")
def _(storage: Storage) -> None:
    before = storage.generation("o")
    for answer in (
        storage.call("GET", storage.object, None),
        storage.call("DELETE", storage.object, None),
        storage.call("GET", f"/storage/v1/b/{storage.name}", None),
        storage.insert("o", status=None),
    ):
        refused(answer, 503, "backendError", "internal error")
    assert storage.generation("o") == before


@plays.of("storage-flaky")
def _(storage: Storage) -> None:
    got = [storage.call("GET", storage.object, None).status_code for _ in range(100)]
    assert set(got) == {200, 503}
    assert 5 < got.count(503) < 40
    # The real client is none the wiser.
    storage.retried("despite")
    assert storage.generation("despite")


@plays.of("storage-name-too-hot")
def _(storage: Storage) -> None:
    before = storage.generation("o")
    copy = f"{storage.object}/rewriteTo/b/{storage.name}/o/copy"
    for answer in (
        storage.insert("o", status=None),
        storage.call("DELETE", storage.object, None),
        storage.call("PATCH", storage.object, None, json={"metadata": {"a": "b"}}),
        storage.call("POST", copy, None),
        storage.call("POST", f"{storage.object}/compose", None, json={}),
    ):
        refused(answer, 429, "rateLimitExceeded", "exceeded the rate limit for object")
        assert error_domain(answer) == "usageLimits"
    assert storage.generation("o") == before
    assert storage.call("GET", f"{storage.object}?alt=media").content == DATA


def error_domain(answer: requests.Response) -> str:
    return str(answer.json()["error"]["errors"][0]["domain"])


@plays.of("storage-token-ended")
def _(storage: Storage) -> None:
    answer = storage.call("GET", storage.object, None)
    refused(answer, 401, "authError", "Invalid Credentials")
    assert "WWW-Authenticate" in answer.headers


@plays.of("storage-forbidden")
def _(storage: Storage) -> None:
    answer = storage.call("GET", storage.object, None)
    refused(answer, 403, "forbidden", "does not have storage.objects.get access")
    with pytest.raises(exceptions.Forbidden, match=r"storage\.objects\.create"):
        storage.retried("new")


@plays.of("storage-missing-is-forbidden")
def _(storage: Storage) -> None:
    missing = f"/storage/v1/b/{storage.name}/o/missing"
    for path in (missing, f"{missing}?alt=media"):
        answer = storage.call("GET", path, None)
        assert answer.status_code == 403
        assert "storage.objects.get" in answer.text
    assert "<Code>AccessDenied<" in storage.call("GET", f"/{storage.name}/no", 403).text
    assert storage.call("GET", f"{storage.object}?alt=media").content == DATA


@plays.of("storage-upload-lost")
def _(storage: Storage) -> None:
    refused(storage.insert("new", status=None), 503, "backendError", "")
    first = storage.generation("new")
    assert first
    storage.faults.clear()
    switch_on(storage.faults, "storage-upload-lost", times=1)
    storage.retried("new")
    assert (storage.generation("new") or 0) > first
    events = [
        event for event in storage.server.events() if event.bucket == storage.name
    ]
    kinds = [event.type.name for event in events if event.resource["name"] == "new"]
    assert kinds.count("FINALIZED") == 3


@plays.of("storage-upload-lost-reset")
def _(storage: Storage) -> None:
    with pytest.raises(BROKEN):
        storage.insert("new")
    assert storage.generation("new")


@plays.of("storage-upload-cut")
def _(storage: Storage) -> None:
    with pytest.raises(BROKEN):
        storage.insert("new")
    assert storage.generation("new") is None


@plays.of("storage-upload-slow")
def _(storage: Storage) -> None:
    began = time.monotonic()
    storage.insert("new")
    assert time.monotonic() - began > len(DATA) / 65536
    assert storage.call("GET", f"/{storage.name}/new").content == DATA


@plays.of("storage-copy-lost")
def _(storage: Storage) -> None:
    for verb in ("rewriteTo", "copyTo"):
        copy = f"{storage.object}/{verb}/b/{storage.name}/o/{verb}"
        refused(storage.call("POST", copy, None), 503, "backendError", "")
        assert storage.generation(verb)


@plays.of("storage-delete-lost")
def _(storage: Storage) -> None:
    refused(storage.call("DELETE", storage.object, None), 503, "backendError", "")
    assert storage.generation("o") is None
    storage.faults.clear()
    refused(storage.call("DELETE", storage.object, None), 404, "notFound", "")


@plays.of("storage-download-cut")
def _(storage: Storage) -> None:
    for path in (f"{storage.object}?alt=media", f"/{storage.name}/o"):
        headers = {"Authorization": "Bearer token"}
        url = f"{storage.server.url}{path}"
        got = requests.get(url, headers=headers, stream=True, timeout=30)
        assert got.headers["Content-Length"] == str(len(DATA))
        seen: list[bytes] = []
        with pytest.raises(BROKEN):
            seen.extend(got.iter_content(100))
        assert b"".join(seen) == DATA[:1000]
    assert storage.call("GET", storage.object).json()["size"] == str(len(DATA))


@plays.of("storage-download-slow")
def _(storage: Storage) -> None:
    began = time.monotonic()
    assert storage.call("GET", f"{storage.object}?alt=media").content == DATA
    assert time.monotonic() - began > len(DATA) / 65536


@plays.of("storage-slow")
def _(storage: Storage) -> None:
    began = time.monotonic()
    storage.call("GET", storage.object)
    assert time.monotonic() - began >= 1


@plays.of("storage-reset")
def _(storage: Storage) -> None:
    with pytest.raises(BROKEN):
        storage.call("GET", storage.object)
    with pytest.raises(BROKEN):
        storage.call("DELETE", storage.object)
    assert storage.generation("o")


@plays.of("storage-list-unavailable")
def _(storage: Storage) -> None:
    listing = f"/storage/v1/b/{storage.name}/o"
    refused(storage.call("GET", listing, None), 503, "backendError", "")
    storage.call("GET", storage.object)


# What rules see, and what they can do beside what has a name.


def injected(storage: Storage, act: Callable[[], Any]) -> list[tuple[str, str]]:
    """
    Method and resource of what befell while something was done.
    """
    storage.faults.add(StorageFault(delay_seconds=0.001))
    before = len(storage.faults.injected)
    act()
    return [
        (each["method"], each["resource"].replace(storage.name, "B"))
        for each in list(storage.faults.injected)[before:]
    ]


OBJECT = "projects/_/buckets/B/objects/"


@pytest.mark.parametrize(
    ("method", "path", "seen"),
    [
        ("GET", "/storage/v1/b?project=p", ("storage.buckets.list", "projects/_")),
        (
            "GET",
            "/storage/v1/b/{b}",
            ("storage.buckets.get", "projects/_/buckets/B"),
        ),
        (
            "GET",
            "/storage/v1/b/{b}/o",
            ("storage.objects.list", "projects/_/buckets/B"),
        ),
        ("GET", "/storage/v1/b/{b}/o/o", ("storage.objects.get", f"{OBJECT}o")),
        ("GET", "/{b}/o", ("storage.objects.get", f"{OBJECT}o")),
        (
            "GET",
            "/download/storage/v1/b/{b}/o/o",
            ("storage.objects.get", f"{OBJECT}o"),
        ),
        (
            "POST",
            "/storage/v1/b/{b}/o/o/rewriteTo/b/{b}/o/to%2Fthere",
            ("storage.objects.rewrite", f"{OBJECT}to/there"),
        ),
        (
            "POST",
            "/upload/storage/v1/b/{b}/o?uploadType=media&name=a%20b",
            ("storage.objects.insert", f"{OBJECT}a b"),
        ),
    ],
)
def test_a_rule_sees_calls_by_the_apis_own_names(
    storage: Storage, method: str, path: str, seen: tuple[str, str]
) -> None:
    path = path.replace("{b}", storage.name)
    assert injected(storage, lambda: storage.call(method, path)) == [seen]


def test_a_rule_sees_the_name_that_only_an_uploads_metadata_have(
    storage: Storage,
) -> None:
    """
    The real client sends it there, in one request or in a session.
    """
    insert = "storage.objects.insert"
    blob = storage.bucket.blob("in/the body")
    assert injected(storage, lambda: blob.upload_from_string(DATA)) == [
        (insert, f"{OBJECT}in/the body")
    ]
    assert storage.call("GET", f"/{storage.name}/in/the%20body").content == DATA
    large = storage.bucket.blob("large", chunk_size=256 * 1024)
    seen = injected(storage, lambda: large.upload_from_file(io.BytesIO(DATA * 10)))
    assert seen == [(insert, f"{OBJECT}large")] * 3
    assert large.download_as_bytes() == DATA * 10


@pytest.mark.parametrize("media", [True, False])
def test_bytes_and_the_rest_can_be_told_apart(storage: Storage, media: bool) -> None:
    storage.faults.add(StorageFault(media=media, error=FaultError(code=503)))
    bytes_status, rest_status = (503, 200) if media else (200, 503)
    storage.call("GET", f"{storage.object}?alt=media", bytes_status)
    storage.call("GET", f"/{storage.name}/o", bytes_status)
    storage.insert("new", status=bytes_status)
    storage.call("GET", storage.object, rest_status)
    session = f"/upload/storage/v1/b/{storage.name}/o?uploadType=resumable&name=n"
    storage.call("POST", session, rest_status, json={})


def test_a_session_that_is_cut_keeps_what_came_and_goes_on(
    running: RunningStorage,
) -> None:
    """
    The chunk breaks off after whole blocks; the client asks, and sends the rest.
    """
    block = 256 * 1024
    session = Session(running)
    data = bytes(range(256)) * 4096
    running.faults.add(
        StorageFault(
            method="storage.objects.insert", media=True, cut_after_bytes=2 * block
        )
    )
    with pytest.raises(BROKEN):
        session.put(data, f"0-{len(data) - 1}/{len(data)}", 200)
    running.faults.clear()
    assert session.kept() == f"bytes=0-{2 * block - 1}"
    span = f"{2 * block}-{len(data) - 1}/{len(data)}"
    session.put(data[2 * block :], span, 200)
    assert session.content() == data


def test_a_client_goes_on_by_itself_after_a_cut_chunk(storage: Storage) -> None:
    storage.faults.add(
        StorageFault(
            method="storage.objects.insert", media=True, cut_after_bytes=1, times=1
        )
    )
    before = len(storage.faults.injected)
    blob = storage.bucket.blob("large", chunk_size=256 * 1024)
    blob.upload_from_file(io.BytesIO(DATA * 10))
    assert len(storage.faults.injected) == before + 1
    storage.faults.clear()
    assert blob.download_as_bytes() == DATA * 10


def test_each_call_of_a_batch_meets_its_own_fault(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.insert(name)
    storage.faults.add(
        StorageFault(
            method="storage.objects.delete",
            resource="/objects/a$",
            error=FaultError(code=503),
        )
    )
    answer = batch(storage, "a", "b")
    assert answer.text.count("HTTP/1.1 503") == 1
    assert answer.text.count("HTTP/1.1 204") == 1
    assert '"backendError"' in answer.text
    assert storage.generation("a")
    assert storage.generation("b") is None


def test_a_cut_within_a_batch_cuts_the_batch(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.insert(name)
    storage.faults.add(
        StorageFault(method="storage.objects.delete", resource="/objects/b$", cut=True)
    )
    with pytest.raises(BROKEN):
        batch(storage, "a", "b")
    assert storage.generation("a") is None
    assert storage.generation("b")


def batch(storage: Storage, *names: str) -> requests.Response:
    parts = "".join(
        "--x\r\nContent-Type: application/http\r\n\r\n"
        f"DELETE /storage/v1/b/{storage.name}/o/{name} HTTP/1.1\r\n\r\n\r\n"
        for name in names
    )
    headers = {"Content-Type": "multipart/mixed; boundary=x"}
    return storage.call(
        "POST", "/batch/storage/v1", data=f"{parts}--x--", headers=headers
    )


@pytest.mark.parametrize(
    ("path", "kind", "within"),
    [
        ("/storage/v1/b/{b}/o/o", "application/json", '"reason": "backendError"'),
        ("/storage/v1/b/{b}/o/o?alt=media", "text/html", "We encountered an internal"),
        ("/{b}/o", "application/xml", "<Code>ServiceUnavailable</Code>"),
    ],
)
def test_an_error_has_the_shape_that_its_call_wants(
    storage: Storage, path: str, kind: str, within: str
) -> None:
    storage.faults.add(Rule(error=FaultError(code="UNAVAILABLE")))
    answer = storage.call("GET", path.replace("{b}", storage.name), 503)
    assert answer.headers["Content-Type"].startswith(kind)
    assert within in answer.text


@pytest.mark.parametrize("code", [408, 410, 418, 500, 502, 504])
def test_any_status_can_be_an_answer(storage: Storage, code: int) -> None:
    storage.faults.add(StorageFault(error=FaultError(code=code, message="words")))
    told = json.loads(storage.call("GET", storage.object, code).text)
    assert (told["error"]["code"], told["error"]["message"]) == (code, "words")


def test_a_refusal_is_lost_like_any_answer(storage: Storage) -> None:
    storage.faults.add(StorageFault(error=FaultError(code=503), after_effect=True))
    path = f"/upload/storage/v1/b/{storage.name}/o?uploadType=media&name=o"
    before = storage.generation("o")
    conditional = f"{path}&ifGenerationMatch=0"
    storage.call("POST", conditional, 503, data=DATA)
    assert storage.generation("o") == before


def test_a_read_that_is_lost_after_its_effect_was_not_sent_first(
    storage: Storage,
) -> None:
    storage.faults.add(StorageFault(cut=True, after_effect=True))
    with pytest.raises(BROKEN):
        storage.call("GET", f"{storage.object}?alt=media")


def test_a_connection_that_was_held_back_is_not_held_back_again(
    storage: Storage,
) -> None:
    slow = StorageFault(bytes_per_second=1_000_000, times=1)
    storage.faults.add(slow)
    url = f"{storage.object}?alt=media"
    assert storage.call("GET", url).content == DATA
    storage.faults.clear()
    assert storage.call("GET", url).content == DATA
