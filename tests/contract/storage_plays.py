"""
What plays each of storage's catalogued faults: a function of its name.
"""

import time

import pytest
import requests
from google.api_core import exceptions

from tests.contract.storage_stage import BROKEN, DATA, Storage, refused
from tests.unit.faults.played import Plays, switch_on

plays = Plays()


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
