"""
What an account that is no owner must be granted before it may write, and what more
before it may replace what is there.
"""

from collections.abc import Callable

import pytest
import requests

from localcloud.permits import Permits
from tests.contract.storage_ground import (
    CREATE,
    DELETE,
    GET,
    Ground,
    ground,
    object_path,
    refused,
    server,
    upload_path,
)
from tests.contract.storage_server import TIMEOUT_SECONDS, RunningStorage
from tests.contract.storage_verbs import MULTIPART

__all__ = ["ground", "server"]  # fixtures

Call = Callable[[Ground, str], requests.Response]


def media(ground: Ground, name: str) -> requests.Response:
    return ground.ask("POST", upload_path(ground, "media", name), data=b"x")


def multipart(ground: Ground, name: str) -> requests.Response:
    return ground.ask(
        "POST",
        upload_path(ground, "multipart", name),
        data=MULTIPART % b"{}",
        headers={"content-type": "multipart/related; boundary=b"},
    )


def session(ground: Ground, name: str) -> requests.Response:
    return ground.ask("POST", upload_path(ground, "resumable", name), json={})


def put(uri: str) -> requests.Response:
    return requests.put(uri, data=b"mine", timeout=TIMEOUT_SECONDS)


def rewrite(ground: Ground, name: str) -> requests.Response:
    target = f"/rewriteTo/b/{ground.here}/o/{name}"
    return ground.ask("POST", object_path(ground, "other", target), json={})


def copy(ground: Ground, name: str) -> requests.Response:
    target = f"/copyTo/b/{ground.here}/o/{name}"
    return ground.ask("POST", object_path(ground, "other", target), json={})


def compose(ground: Ground, name: str) -> requests.Response:
    sources = {"sourceObjects": [{"name": "other"}]}
    return ground.ask("POST", object_path(ground, name, "/compose"), json=sources)


def move(ground: Ground, name: str) -> requests.Response:
    return ground.ask("POST", object_path(ground, "other", f"/moveTo/o/{name}"))


READ_TOO = (GET, CREATE)
WRITES: dict[str, tuple[Call, tuple[str, ...]]] = {
    "media": (media, (CREATE,)),
    "multipart": (multipart, (CREATE,)),
    "session": (session, (CREATE,)),
    "rewrite": (rewrite, READ_TOO),
    "copy": (copy, READ_TOO),
    "compose": (compose, READ_TOO),
    "move": (move, ("storage.objects.move", CREATE)),
}


@pytest.mark.parametrize("verb", WRITES)
def test_a_write_needs_its_permissions_each_of_them(ground: Ground, verb: str) -> None:
    write, needed = WRITES[verb]
    for missing in needed:
        ground.grant(*((each, ground.here) for each in needed if each != missing))
        assert refused(write(ground, "new"), missing)

    ground.grant(*((each, ground.here) for each in needed))
    assert write(ground, "new").status_code == 200


@pytest.mark.parametrize("verb", WRITES)
def test_replacing_what_is_there_needs_delete_as_well(
    ground: Ground, verb: str
) -> None:
    write, needed = WRITES[verb]
    ground.grant(*((each, ground.here) for each in needed))
    assert refused(write(ground, "old"), DELETE)

    ground.grant((DELETE, ground.here), *((each, ground.here) for each in needed))
    assert write(ground, "old").status_code == 200


def test_restoring_over_what_is_there_needs_delete_as_well(ground: Ground) -> None:
    old = ground.server.insert(ground.here, "old", b"again")["generation"]
    ground.server.call("DELETE", object_path(ground, "old"), status=204)
    ground.server.insert(ground.here, "old", b"another")
    path = object_path(ground, "old", f"/restore?generation={old}")
    needed = (("storage.objects.restore", ground.here), (CREATE, ground.here))
    ground.grant(*needed)
    assert refused(ground.ask("POST", path), DELETE)

    ground.grant(*needed, (DELETE, ground.here))
    assert ground.ask("POST", path).status_code == 200


def test_composing_and_deleting_the_sources_needs_delete_as_well(
    ground: Ground,
) -> None:
    path = object_path(ground, "new", "/compose")
    asked = {"sourceObjects": [{"name": "other"}], "deleteSourceObjects": True}
    ground.grant((GET, ground.here), (CREATE, ground.here))
    assert refused(ground.ask("POST", path, json=asked), DELETE)
    ground.server.call("GET", object_path(ground, "other"))

    ground.grant((GET, ground.here), (CREATE, ground.here), (DELETE, ground.here))
    assert ground.ask("POST", path, json=asked).status_code == 200
    ground.server.call("GET", object_path(ground, "other"), status=404)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_session_needs_delete_for_what_came_after_it_began(
    ground: Ground, *, restarted: bool
) -> None:
    """
    Whoever sends its last byte brings no token: it is asked for who began it.
    """
    ground.grant((CREATE, ground.here))
    uri = session(ground, "new").headers["Location"]
    theirs = ground.server.insert(ground.here, "new", b"theirs")["generation"]
    if restarted:
        ground.server.restart()

    assert refused(put(uri), DELETE)
    there = ground.server.call("GET", object_path(ground, "new")).json()
    assert there["generation"] == theirs

    ground.grant((CREATE, ground.here), (DELETE, ground.here))
    assert put(uri).json()["size"] == "4"


def test_a_session_of_an_owner_replaces_what_came_after_it_began(
    ground: Ground,
) -> None:
    ground.grant()
    path = upload_path(ground, "resumable", "new")
    uri = ground.server.call("POST", path, json={}).headers["Location"]
    ground.server.insert(ground.here, "new", b"theirs")

    assert put(uri).json()["size"] == "4"


@pytest.mark.parametrize("kind", ["media", "resumable"])
def test_what_a_failed_precondition_is_without_delete_is_a_knob(
    ground: Ground, server: tuple[RunningStorage, Permits, bool], kind: str
) -> None:
    path = upload_path(ground, kind, "old") + "&ifGenerationMatch=0"
    ground.grant((CREATE, ground.here))
    expected = 403 if server[2] else 412
    assert ground.ask("POST", path, json={}).status_code == expected

    ground.grant((CREATE, ground.here), (DELETE, ground.here))
    assert ground.ask("POST", path, json={}).status_code == 412


def test_copying_asks_each_bucket_for_its_own(ground: Ground) -> None:
    target = f"/rewriteTo/b/{ground.there}/o/new"
    path = object_path(ground, "old", target)
    ground.grant((CREATE, ground.here), (GET, ground.there))
    assert refused(ground.ask("POST", path, json={}), GET)

    ground.grant((GET, ground.here), (CREATE, ground.here))
    assert refused(ground.ask("POST", path, json={}), CREATE)

    ground.grant((GET, ground.here), (CREATE, ground.there))
    assert ground.ask("POST", path, json={}).status_code == 200
