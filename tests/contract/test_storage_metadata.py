"""
Metadata of objects: merged by a patch, replaced by an update.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


class Thing:
    """
    An object with some metadata.
    """

    def __init__(self, server: RunningStorage) -> None:
        self.server = server
        self.bucket = server.bucket()
        blob = self.bucket.blob("o")
        blob.metadata = {"a": "1", "b": "2"}
        blob.cache_control = "no-store"
        blob.upload_from_string(b"content", content_type="text/plain")
        self.path = f"/storage/v1/b/{self.bucket.name}/o/o"

    def patch(self, body: object, status: int = 200) -> Any:
        return self.server.call("PATCH", self.path, json=body, status=status).json()

    def update(self, body: object, status: int = 200) -> Any:
        return self.server.call("PUT", self.path, json=body, status=status).json()


def test_a_patch_merges_key_by_key(server: RunningStorage) -> None:
    seen = Thing(server).patch({"metadata": {"a": None, "c": "3"}})

    assert seen["metadata"] == {"b": "2", "c": "3"}
    assert (seen["contentType"], seen["cacheControl"]) == ("text/plain", "no-store")
    assert (seen["metageneration"], seen["size"]) == ("2", "7")


def test_a_null_takes_a_field_away(server: RunningStorage) -> None:
    seen = Thing(server).patch({"metadata": None, "cacheControl": None})

    assert "metadata" not in seen
    assert "cacheControl" not in seen


def test_an_update_replaces_all(server: RunningStorage) -> None:
    seen = Thing(server).update({"metadata": {"c": "3"}})

    assert seen["metadata"] == {"c": "3"}
    assert "cacheControl" not in seen
    assert seen["storageClass"] == "STANDARD"


def test_what_the_service_says_can_not_be_set(server: RunningStorage) -> None:
    thing = Thing(server)
    before = server.call("GET", thing.path).json()
    seen = thing.patch(
        {"size": "1", "generation": "5", "md5Hash": "x", "name": "y", "acl": []}
        | {"storageClass": "COLDLINE", "timeCreated": "2000-01-01T00:00:00Z"}
    )

    changing = ("metageneration", "etag", "updated")
    for key, value in before.items():
        assert key in changing or seen[key] == value


def test_metadata_has_limits(server: RunningStorage) -> None:
    thing = Thing(server)

    thing.patch({"metadata": {"a": None, "b": None, "k": "v" * 8191}})
    thing.patch({"metadata": {"l": ""}}, status=400)
    thing.patch({"metadata": {"k": 5}}, status=400)
    thing.patch({"metadata": "text"}, status=400)
    thing.patch({"contentType": ["text/plain"]}, status=400)
    thing.patch(["no object"], status=400)
    answer = server.call("PATCH", thing.path, data=b"{", status=400)
    assert error_of(answer) == (400, "parseError", "Parse Error")
    assert server.call("GET", thing.path).json()["metageneration"] == "2"


def test_a_custom_time_only_moves_on(server: RunningStorage) -> None:
    thing = Thing(server)

    seen = thing.patch({"customTime": "2026-01-01T01:00:00+01:00"})
    assert seen["customTime"] == "2026-01-01T00:00:00.000Z"
    thing.patch({"customTime": "2025-12-31T00:00:00Z"}, status=400)
    thing.patch({"customTime": "yesterday"}, status=400)
    thing.patch({"customTime": "2026-01-01T00:00:00"}, status=400)
    assert thing.patch({"customTime": None})["customTime"] == seen["customTime"]
    assert thing.patch({"customTime": "2026-02-01T00:00:00Z"})["customTime"] == (
        "2026-02-01T00:00:00.000Z"
    )


def test_what_is_not_here_is_said_not_to_be(server: RunningStorage) -> None:
    """
    A hold that is taken and not kept would be worse than none.
    """
    thing = Thing(server)
    answer = thing.patch({"temporaryHold": True}, status=501)
    assert "does not have temporaryHold" in answer["error"]["message"]
    thing.patch({"temporaryHold": False})
    path = f"/upload/storage/v1/b/{thing.bucket.name}/o?uploadType=media&name=k"
    headers = {"x-goog-encryption-algorithm": "AES256"}
    server.call("POST", path, data=b"", headers=headers, status=501)


def test_metadata_survives_a_restart(server: RunningStorage) -> None:
    thing = Thing(server)
    before = thing.patch({"metadata": {"ä": "ö\n"}})
    server.restart()
    assert server.call("GET", thing.path).json() == before


def test_fields_and_pretty_print_shape_an_answer(server: RunningStorage) -> None:
    thing = Thing(server)
    answer = server.call("GET", f"{thing.path}?fields=name,metadata/a")
    assert answer.json() == {"name": "o", "metadata": {"a": "1"}}
    assert answer.text.startswith('{\n  "name"')
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    plain = server.call("GET", f"{thing.path}?fields=name&prettyPrint=false")
    assert plain.text == '{"name":"o"}'


def test_the_client_updates_what_it_has_read(server: RunningStorage) -> None:
    blob = Thing(server).bucket.get_blob("o")
    blob.content_type = "a/b"
    blob.update()
    assert (blob.content_type, blob.cache_control) == ("a/b", "no-store")
