"""
Refusals in the shape of the service, and batches of calls.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.api_core.exceptions import NotFound
from google.cloud.storage import Client

from tests.contract.storage_server import (
    BearerCredentials,
    RunningStorage,
    error_of,
    running_storage,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_an_error_has_the_shape_of_the_json_api(server: RunningStorage) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "o", b"")
    path = f"/storage/v1/b/{bucket}/o"

    answer = server.call("GET", f"{path}/none", status=404)
    message = f"No such object: {bucket}/none"
    assert answer.json() == {
        "error": {
            "code": 404,
            "message": message,
            "errors": [{"message": message, "domain": "global", "reason": "notFound"}],
        }
    }
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    answer = server.call("GET", f"{path}/o?ifGenerationMatch=1", status=412)
    message = "At least one of the pre-conditions you specified did not hold."
    assert answer.json() == {
        "error": {
            "code": 412,
            "message": message,
            "errors": [
                {
                    "message": message,
                    "domain": "global",
                    "reason": "conditionNotMet",
                    "locationType": "header",
                    "location": "If-Match",
                }
            ],
        }
    }
    answer = server.call("GET", f"{path}/o?ifMetagenerationNotMatch=1", status=304)
    assert answer.content == b""


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eDp5"])
def test_who_sends_no_token_is_turned_away(
    server: RunningStorage, header: str | None
) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "o", b"")
    headers = {"Authorization": header}

    path = f"/storage/v1/b/{bucket}/o/o"
    answer = server.call("GET", path, headers=headers, status=401)
    code, reason, message = error_of(answer)
    assert (code, reason) == (401, "required")
    assert "does not have storage.objects.get access" in message
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    for method, path in [
        ("GET", f"/storage/v1/b/{bucket}/o"),
        ("DELETE", f"/storage/v1/b/{bucket}/o/o"),
        ("GET", f"/download/storage/v1/b/{bucket}/o/o?alt=media"),
        ("GET", f"/{bucket}/o"),
        ("POST", f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=p"),
        ("POST", f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=p"),
        ("POST", "/batch/storage/v1"),
    ]:
        server.call(method, path, headers=headers, status=401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/storage/v1/nothing"),
        ("GET", "/storage/v1/b/"),
        ("GET", "/storage/v1/b//o"),
        ("POST", "/storage/v1/b/b/o/o"),
        ("GET", "/storage/v1/b/b/o/o/acl"),
    ],
)
def test_what_no_path_names_is_not_found(
    server: RunningStorage, method: str, path: str
) -> None:
    assert error_of(server.call(method, path, status=404))[1] == "notFound"


def test_a_url_with_its_host_is_understood(server: RunningStorage) -> None:
    """
    As clients write it that speak to a plain proxy.
    """
    bucket = server.bucket().name
    with server.connection() as connection:
        connection.sendall(
            f"GET http://storage.googleapis.com/storage/v1/b/{bucket} HTTP/1.1\r\n"
            "Host: storage.googleapis.com\r\nAuthorization: Bearer t\r\n\r\n".encode()
        )
        assert connection.recv(15) == b"HTTP/1.1 200 OK"


def test_behind_the_door_links_are_those_of_the_service(
    server: RunningStorage,
) -> None:
    bucket = server.bucket().name
    headers = {"Host": "storage.googleapis.com"}
    path = f"/upload/storage/v1/b/{bucket}/o"

    begun = server.call("POST", f"{path}?uploadType=resumable&name=o", headers=headers)
    session = begun.headers["Location"]
    assert session.startswith(f"https://storage.googleapis.com{path}?")
    made = server.call(
        "PUT", session.removeprefix("https://storage.googleapis.com"), headers=headers
    ).json()
    assert made["mediaLink"].startswith(
        f"https://storage.googleapis.com/download/storage/v1/b/{bucket}/o/o?"
    )


def test_patch_may_come_as_post(server: RunningStorage) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "o", b"")
    headers = {"X-HTTP-Method-Override": "PATCH"}
    path = f"/storage/v1/b/{bucket}/o/o"
    body = {"metadata": {"a": "b"}}

    server.call("POST", path, headers=headers, json=body)

    assert server.call("GET", path).json()["metadata"] == {"a": "b"}


def test_a_batch_carries_out_its_calls_one_by_one(server: RunningStorage) -> None:
    bucket = server.bucket()
    for name in ("a", "b/c d", "e"):
        bucket.blob(name).upload_from_string(b"")
    patched = bucket.blob("e")

    with server.client.batch():
        bucket.blob("a").delete()
        bucket.blob("b/c d").delete()
        patched.metadata = {"k": "v"}
        patched.patch()

    assert [blob.name for blob in bucket.list_blobs()] == ["e"]
    assert patched.metageneration == 2
    assert bucket.get_blob("e").metadata == {"k": "v"}


def test_a_call_that_fails_stops_no_other_of_its_batch(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.blob("z").upload_from_string(b"")

    batch = server.client.batch(raise_exception=False)
    with batch:
        bucket.blob("none").delete()
        bucket.blob("z").delete(if_generation_match=1)
        bucket.blob("z").delete()

    statuses = [answer.status_code for answer in batch._responses]
    assert statuses == [404, 412, 204]
    with pytest.raises(NotFound), server.client.batch():
        bucket.blob("none").delete()


def test_a_batch_needs_calls(server: RunningStorage) -> None:
    headers = {"Content-Type": "multipart/mixed; boundary=x"}
    for body in (b"", b"--x--\r\n", b"--x\r\n\r\nGET\r\n--x--\r\n"):
        answer = server.call(
            "POST", "/batch/storage/v1", data=body, headers=headers, status=None
        )
        assert answer.status_code == 400 or "400 Bad Request" in answer.text
    call = "--x\r\n\r\nPOST /batch/storage/v1\r\n\r\n--x--\r\n"
    answer = server.call("POST", "/batch/storage/v1", data=call, headers=headers)
    assert "HTTP/1.1 400" in answer.text


def test_the_client_names_who_it_is_and_is_served(server: RunningStorage) -> None:
    """
    Its defaults alone: no option but the place where the server is.
    """
    with Client(
        project="p",
        credentials=BearerCredentials(),
        client_options={"api_endpoint": server.url},
    ) as client:
        assert client.lookup_bucket("no-such-bucket") is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/storage/v1/b/{}"),
        ("GET", "/storage/v1/b/{}/o/o?alt=media"),
        ("DELETE", "/storage/v1/b/{}/o/o"),
        ("POST", "/batch/storage/v1"),
    ],
)
def test_only_a_sessions_uri_stands_for_a_token(
    server: RunningStorage, method: str, path: str
) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "o", b"")
    path = path.format(bucket)
    path += f"{'&' if '?' in path else '?'}upload_id=x"

    server.call(method, path, headers={"Authorization": None}, status=401)

    server.call("GET", f"/storage/v1/b/{bucket}/o/o")


def test_no_upload_id_lets_anybody_change_a_public_bucket(tmp_path: Path) -> None:
    with running_storage(tmp_path, public=["samples"]) as running:
        running.within(lambda store: store.create_bucket_if_absent("samples", "p", {}))
        running.within(lambda store: store.insert_object("samples", "o", b""))
        path = "/storage/v1/b/samples/o/o"

        for headers, status in (({"Authorization": None}, 401), ({}, 403)):
            running.call(
                *("DELETE", f"{path}?upload_id=x"), headers=headers, status=status
            )
            in_batch = running.call(
                *("POST", "/batch/storage/v1?upload_id=x"),
                data=f"--x\r\n\r\nDELETE {path}?upload_id=x\r\n\r\n--x--\r\n",
                headers={"Content-Type": "multipart/mixed; boundary=x", **headers},
                status=401 if status == 401 else 200,
            )
            assert status == 401 or "HTTP/1.1 403 " in in_batch.text

        assert running.call("GET", path).json()["name"] == "o"
