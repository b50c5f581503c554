"""
An account that is no owner: it does what it was granted, and gets Google's 403 for
all else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from localcloud.door.tokens import token_for
from localcloud.grants import Grants, Right, bucket
from localcloud.permits import Permits
from localcloud.storage.api.operations import Operation
from localcloud.storage.api.permissions import NEEDS
from localcloud.storage.knobs import StorageKnobs
from tests.contract.storage_server import RunningStorage, error_of, running_storage
from tests.contract.storage_verbs import MULTIPART

ACCOUNT = "dropbatch-submit-job@p.iam.gserviceaccount.com"
BEARER = {"Authorization": f"Bearer {token_for(ACCOUNT)}"}
GET, LIST, CREATE, DELETE, UPDATE = (
    f"storage.objects.{verb}" for verb in ("get", "list", "create", "delete", "update")
)


@dataclass
class Ground:
    """
    A server, two buckets, and an account that is granted what a test says.
    """

    server: RunningStorage
    permits: Permits
    here: str
    there: str

    def grant(self, *granted: tuple[str, str]) -> None:
        """
        These permissions on these buckets, and nothing else.
        """
        rights = {Right(ACCOUNT, each, bucket(name)) for each, name in granted}
        self.permits.grants = Grants(
            accounts=frozenset({ACCOUNT}), rights=frozenset(rights)
        )

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        headers = {**BEARER, **dict(more.pop("headers", None) or {})}  # type: ignore[call-overload]  # a test's own
        return self.server.call(method, path, status=None, headers=headers, **more)


@pytest.fixture(scope="module", params=[False, True], ids=["412 first", "403 first"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningStorage, Permits, bool]]:
    permits = Permits()
    knobs = StorageKnobs(writes_per_second=0, overwrite_forbidden_first=request.param)
    folder = tmp_path_factory.mktemp("granted")
    with running_storage(folder, permits=permits, knobs=knobs) as running:
        yield running, permits, request.param


@pytest.fixture
def ground(server: tuple[RunningStorage, Permits, bool]) -> Ground:
    running, permits, _ = server
    here, there = running.bucket().name, running.bucket().name
    for name in ("old", "other"):
        running.insert(here, name, b"content")
    return Ground(running, permits, here, there)


Call = Callable[[Ground, str], requests.Response]


def _object(ground: Ground, name: str, more: str = "") -> str:
    return f"/storage/v1/b/{ground.here}/o/{name}{more}"


def _upload(ground: Ground, kind: str, name: str) -> str:
    return f"/upload/storage/v1/b/{ground.here}/o?uploadType={kind}&name={name}"


def media(ground: Ground, name: str) -> requests.Response:
    return ground.ask("POST", _upload(ground, "media", name), data=b"x")


def multipart(ground: Ground, name: str) -> requests.Response:
    return ground.ask(
        "POST",
        _upload(ground, "multipart", name),
        data=MULTIPART % b"{}",
        headers={"content-type": "multipart/related; boundary=b"},
    )


def session(ground: Ground, name: str) -> requests.Response:
    return ground.ask("POST", _upload(ground, "resumable", name), json={})


def rewrite(ground: Ground, name: str) -> requests.Response:
    target = f"/rewriteTo/b/{ground.here}/o/{name}"
    return ground.ask("POST", _object(ground, "other", target), json={})


def copy(ground: Ground, name: str) -> requests.Response:
    target = f"/copyTo/b/{ground.here}/o/{name}"
    return ground.ask("POST", _object(ground, "other", target), json={})


def compose(ground: Ground, name: str) -> requests.Response:
    sources = {"sourceObjects": [{"name": "other"}]}
    return ground.ask("POST", _object(ground, name, "/compose"), json=sources)


def move(ground: Ground, name: str) -> requests.Response:
    return ground.ask("POST", _object(ground, "other", f"/moveTo/o/{name}"))


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


def words(permission: str, kind: str = "object") -> str:
    return (
        f"{ACCOUNT} does not have {permission} access to the Google Cloud Storage "
        f"{kind}. Permission '{permission}' denied on resource (or it may not exist)."
    )


def refused(answer: requests.Response, permission: str, kind: str = "object") -> bool:
    return error_of(answer) == (403, "forbidden", words(permission, kind))


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
    ground.server.call("DELETE", _object(ground, "old"), status=204)
    ground.server.insert(ground.here, "old", b"another")
    path = _object(ground, "old", f"/restore?generation={old}")
    needed = (("storage.objects.restore", ground.here), (CREATE, ground.here))
    ground.grant(*needed)
    assert refused(ground.ask("POST", path), DELETE)

    ground.grant(*needed, (DELETE, ground.here))
    assert ground.ask("POST", path).status_code == 200


def test_composing_and_deleting_the_sources_needs_delete_as_well(
    ground: Ground,
) -> None:
    path = _object(ground, "new", "/compose")
    asked = {"sourceObjects": [{"name": "other"}], "deleteSourceObjects": True}
    ground.grant((GET, ground.here), (CREATE, ground.here))
    assert refused(ground.ask("POST", path, json=asked), DELETE)
    ground.server.call("GET", _object(ground, "other"))

    ground.grant((GET, ground.here), (CREATE, ground.here), (DELETE, ground.here))
    assert ground.ask("POST", path, json=asked).status_code == 200
    ground.server.call("GET", _object(ground, "other"), status=404)


@pytest.mark.parametrize("kind", ["media", "resumable"])
def test_what_a_failed_precondition_is_without_delete_is_a_knob(
    ground: Ground, server: tuple[RunningStorage, Permits, bool], kind: str
) -> None:
    path = _upload(ground, kind, "old") + "&ifGenerationMatch=0"
    ground.grant((CREATE, ground.here))
    expected = 403 if server[2] else 412
    assert ground.ask("POST", path, json={}).status_code == expected

    ground.grant((CREATE, ground.here), (DELETE, ground.here))
    assert ground.ask("POST", path, json={}).status_code == 412


def test_copying_asks_each_bucket_for_its_own(ground: Ground) -> None:
    target = f"/rewriteTo/b/{ground.there}/o/new"
    path = _object(ground, "old", target)
    ground.grant((CREATE, ground.here), (GET, ground.there))
    assert refused(ground.ask("POST", path, json={}), GET)

    ground.grant((GET, ground.here), (CREATE, ground.here))
    assert refused(ground.ask("POST", path, json={}), CREATE)

    ground.grant((GET, ground.here), (CREATE, ground.there))
    assert ground.ask("POST", path, json={}).status_code == 200


@pytest.mark.parametrize(
    ("method", "permission"),
    [("GET", GET), ("DELETE", DELETE), ("PATCH", UPDATE), ("PUT", UPDATE)],
)
def test_reading_deleting_and_changing_need_one_permission(
    ground: Ground, method: str, permission: str
) -> None:
    body: dict[str, object] = {"json": {}} if method.startswith("P") else {}
    others = {GET, CREATE, DELETE, UPDATE} - {permission}
    ground.grant(*((each, ground.here) for each in others))
    assert refused(ground.ask(method, _object(ground, "old"), **body), permission)

    ground.grant((permission, ground.here))
    assert ground.ask(method, _object(ground, "old"), **body).status_code in (200, 204)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_without_list_what_is_missing_is_forbidden(ground: Ground, method: str) -> None:
    """
    https://cloud.google.com/storage/docs/troubleshooting: a 403, so that nobody
    learns which names there are.
    """
    path = _object(ground, "missing")
    body: dict[str, object] = {"json": {}} if method == "PATCH" else {}
    granted = [(each, ground.here) for each in (GET, DELETE, UPDATE)]
    ground.grant(*granted)
    assert refused(ground.ask(method, path, **body), LIST, "bucket")

    ground.grant(*granted, (LIST, ground.here))
    assert ground.ask(method, path, **body).status_code == 404


def test_what_is_missing_in_a_public_bucket_is_missing_for_everybody(
    tmp_path: Path,
) -> None:
    """
    Whoever may list it without a token may list it with one.
    """
    permits = Permits(Grants(accounts=frozenset({ACCOUNT})))
    with running_storage(tmp_path, permits=permits, public=["samples"]) as running:
        running.within(lambda store: store.create_bucket_if_absent("samples", "theirs"))
        for path in ("/storage/v1/b/samples/o/missing", "/samples/missing"):
            for headers in ({"Authorization": ""}, BEARER):
                running.call("GET", path, status=404, headers=headers)
    assert permits.refused == set()


def test_downloads_are_refused_in_the_words_of_their_api(ground: Ground) -> None:
    ground.grant()
    answer = ground.ask("GET", _object(ground, "old", "?alt=media"))
    assert (answer.status_code, answer.text) == (403, words(GET))

    answer = ground.ask("GET", f"/{ground.here}/old")
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Access denied.</Message>" in answer.text
    assert f"<Details>{words(GET)}</Details>" in answer.text

    ground.grant((GET, ground.here))
    answer = ground.ask("GET", f"/{ground.here}/missing")
    assert answer.status_code == 403
    assert words(LIST, "bucket") in answer.text


def test_each_call_of_a_batch_is_asked_by_itself(ground: Ground) -> None:
    parts = "".join(
        "--b\r\nContent-Type: application/http\r\n\r\n"
        f"GET {_object(ground, name)} HTTP/1.1\r\n\r\n\r\n"
        for name in ("old", "missing")
    )
    headers = {"content-type": "multipart/mixed; boundary=b"}
    ground.grant((GET, ground.here))

    answer = ground.ask(
        "POST", "/batch/storage/v1", data=f"{parts}--b--", headers=headers
    )

    statuses = [
        line for line in answer.text.splitlines() if line.startswith("HTTP/1.1")
    ]
    assert statuses == ["HTTP/1.1 200 OK", "HTTP/1.1 403 Forbidden"]


def test_buckets_and_lists_are_nobodys_by_themselves(ground: Ground) -> None:
    ground.grant((GET, ground.here))
    listed = ground.ask("GET", f"/storage/v1/b/{ground.here}/o")
    assert refused(listed, LIST, "bucket")
    got = ground.ask("GET", f"/storage/v1/b/{ground.here}")
    assert refused(got, "storage.buckets.get", "bucket")
    answer = ground.ask("GET", "/storage/v1/b?project=test-project")
    assert "storage.buckets.list access to the Google Cloud project" in answer.text
    assert answer.status_code == 403


def test_what_may_be_done_is_told(ground: Ground) -> None:
    ground.grant((GET, ground.here))
    path = f"/storage/v1/b/{ground.here}/iam/testPermissions"
    asked = f"?permissions={GET}&permissions={CREATE}"
    assert ground.ask("GET", path + asked).json()["permissions"] == [GET]
    assert "permissions" not in ground.ask("GET", f"{path}?permissions={LIST}").json()


def test_every_other_account_is_an_owner(ground: Ground) -> None:
    ground.grant()
    ground.server.call("GET", _object(ground, "old"))
    ground.server.call("GET", _object(ground, "missing"), status=404)
    ground.server.insert(ground.here, "old", b"again")


def test_every_operation_has_its_permissions() -> None:
    assert set(NEEDS) == set(Operation)
    without = {operation for operation, needs in NEEDS.items() if not needs.first}
    assert without == {Operation.BATCH, Operation.BUCKETS_TEST_IAM_PERMISSIONS}
