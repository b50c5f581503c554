"""
An account that is no owner: it reads what it was granted, and gets Google's 403 for
all else.
"""

import pytest

from localcloud.storage.api.operations import Operation
from localcloud.storage.api.permissions import NEEDS
from tests.contract.storage_ground import (
    CREATE,
    DELETE,
    GET,
    LIST,
    UPDATE,
    Ground,
    ground,
    object_path,
    refused,
    server,
    words,
)

__all__ = ["ground", "server"]  # fixtures


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
    assert refused(ground.ask(method, object_path(ground, "old"), **body), permission)

    ground.grant((permission, ground.here))
    assert ground.ask(method, object_path(ground, "old"), **body).status_code in (
        200,
        204,
    )


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_without_list_what_is_missing_is_forbidden(ground: Ground, method: str) -> None:
    """
    https://cloud.google.com/storage/docs/troubleshooting: a 403, so that nobody
    learns which names there are.
    """
    path = object_path(ground, "missing")
    body: dict[str, object] = {"json": {}} if method == "PATCH" else {}
    granted = [(each, ground.here) for each in (GET, DELETE, UPDATE)]
    ground.grant(*granted)
    assert refused(ground.ask(method, path, **body), LIST, "bucket")

    ground.grant(*granted, (LIST, ground.here))
    assert ground.ask(method, path, **body).status_code == 404


def test_downloads_are_refused_in_the_words_of_their_api(ground: Ground) -> None:
    ground.grant()
    answer = ground.ask("GET", object_path(ground, "old", "?alt=media"))
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
        f"GET {object_path(ground, name)} HTTP/1.1\r\n\r\n\r\n"
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
    ground.server.call("GET", object_path(ground, "old"))
    ground.server.call("GET", object_path(ground, "missing"), status=404)
    ground.server.insert(ground.here, "old", b"again")


def test_every_operation_has_its_permissions() -> None:
    assert set(NEEDS) == set(Operation)
    without = {operation for operation, needs in NEEDS.items() if not needs.first}
    assert without == {Operation.BATCH, Operation.BUCKETS_TEST_IAM_PERMISSIONS}
