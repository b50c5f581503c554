"""
What rules of storage see, and what they can do beside what has a name.
"""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.faults.rules import FaultError, Rule
from localcloud.storage.faults.rules import StorageFault
from tests.contract.storage_fault_fixtures import running, storage
from tests.contract.storage_server import RunningStorage
from tests.contract.storage_session import Session
from tests.contract.storage_stage import BROKEN, DATA, Storage

__all__ = ["running", "storage"]


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
    # Too large to be held back whole: what is this large is sent as it is read.
    storage.bucket.blob("large").upload_from_string(DATA * 50)
    storage.faults.add(StorageFault(cut=True, after_effect=True))
    with pytest.raises(BROKEN):
        storage.call("GET", f"/{storage.name}/large")


def test_a_connection_that_was_held_back_is_not_held_back_again(
    storage: Storage,
) -> None:
    slow = StorageFault(bytes_per_second=1_000_000, times=1)
    storage.faults.add(slow)
    url = f"{storage.object}?alt=media"
    assert storage.call("GET", url).content == DATA
    storage.faults.clear()
    assert storage.call("GET", url).content == DATA
