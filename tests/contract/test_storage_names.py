"""
Names are data: what may be a name comes back as it was given, all else is refused.
"""

import http.client
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


ODD = [
    "a/b",
    "a//b",
    "/",
    "//",
    "../..",
    "a/../b",
    "./a",
    "...",
    "a%2Fb",
    "a%252Fb",
    "%",
    "100%",
    "a b",
    " ",
    "a+b",
    "a#b",
    "a?b=c&d",
    "a;b",
    "a:b",
    "a\\b",
    "é",
    "e\u0301",
    "日本/語",
    "\U0001f600",
    "\u0001",
    "\u007f",
    "\t",
    "o",
    "a/rewriteTo/b/x/o/y",
    "compose",
    "'\"<>&",
    "x" * 1024,
    "é" * 512,
]


def short(name: str) -> str:
    return ascii(name)[:30]


def check_round_trip(server: RunningStorage, name: str) -> None:
    bucket = server.bucket()
    content = name.encode()
    blob = bucket.blob(name)

    blob.upload_from_string(content)
    assert [found.name for found in bucket.list_blobs()] == [name]
    assert [found.name for found in bucket.list_blobs(prefix=name)] == [name]
    assert bucket.blob(name).download_as_bytes() == content
    found = bucket.get_blob(name)
    assert found.name == name
    assert found.download_as_bytes() == content  # by its media link
    begun = bucket.blob(name).create_resumable_upload_session()
    server.call("PUT", begun.removeprefix(server.url), data=b"again")
    copy = bucket.copy_blob(bucket.blob(name), bucket, "copy")
    back = bucket.copy_blob(copy, bucket, name)
    assert back.name == name
    bucket.blob(name).delete()
    assert [found.name for found in bucket.list_blobs()] == ["copy"]


@pytest.mark.parametrize("name", ODD, ids=short)
def test_an_odd_name_comes_back_as_it_was_given(
    server: RunningStorage, name: str
) -> None:
    check_round_trip(server, name)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"),
        min_size=1,
        max_size=40,
    ).filter(lambda name: name not in (".", "..", "copy"))
)
def test_any_name_comes_back_as_it_was_given(server: RunningStorage, name: str) -> None:
    check_round_trip(server, name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a\nb",
        "\r",
        "x" * 1025,
        "é" * 513,
        ".well-known/acme-challenge/x",
    ],
    ids=short,
)
def test_what_may_not_be_a_name_is_refused(server: RunningStorage, name: str) -> None:
    bucket = server.bucket().name
    server.insert(bucket, quote(name, safe=""), b"", status=400)
    server.insert(bucket, "s", b"")
    target = quote(name, safe="")
    if name:
        for verb in ("rewriteTo", "copyTo"):
            path = f"/storage/v1/b/{bucket}/o/s/{verb}/b/{bucket}/o/{target}"
            server.call("POST", path, status=400)
        path = f"/storage/v1/b/{bucket}/o/{target}/compose"
        body = {"sourceObjects": [{"name": "s"}]}
        server.call("POST", path, json=body, status=400)
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable"
    server.call("POST", path, json={"name": name}, status=400)
    assert [blob.name for blob in server.client.list_blobs(bucket)] == ["s"]


def test_a_name_that_is_too_long_is_told_in_part(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={'x' * 1028}"
    _, _, message = error_of(server.call("POST", path, status=400))

    assert message == (
        "The maximum object length is 1024 characters, but got a name with 1028 "
        f"characters: '{'x' * 80}...'"
    )


@pytest.mark.parametrize("name", ["%FF", "a%C3", "%ED%A0%80"])
def test_a_name_that_is_not_utf_8_is_refused(server: RunningStorage, name: str) -> None:
    bucket = server.bucket().name
    server.insert(bucket, name, b"", status=400)
    server.call("GET", f"/storage/v1/b/{bucket}/o/{name}", status=400)
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable"
    server.call("POST", path, data=b'{"name": "\\ud800"}', status=400)


def test_a_slash_that_is_not_encoded_belongs_to_the_path(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    bucket.blob("a/b").upload_from_string(b"")

    server.call("GET", f"/storage/v1/b/{bucket.name}/o/a/b", status=404)
    server.call("GET", f"/storage/v1/b/{bucket.name}/o/a%2Fb")


def test_the_name_of_the_query_wins_over_that_of_the_resource(
    server: RunningStorage,
) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=query"
    begun = server.call("POST", path, json={"name": "resource"})
    session = begun.headers["Location"].removeprefix(server.url)

    assert server.call("PUT", session, data=b"").json()["name"] == "query"


@pytest.mark.parametrize(
    "name",
    ["abc", "a-b_c", "0a9", "a.b", "x" * 63, f"{'x' * 63}.{'y' * 63}", "1.2.3.4.5"],
)
def test_a_bucket_may_have_this_name(server: RunningStorage, name: str) -> None:
    assert server.client.create_bucket(name).name == name


@pytest.mark.parametrize(
    "name",
    [
        *("ab", "-abc", "abc-", "aBc", "a b", "x" * 64, "a..b", "1.2.3.4", "googly"),
        *("my-google-bucket", "my-g00gle", "é12", f"{'x' * 64}.y", "a/b", "a\nb"),
    ],
)
def test_a_bucket_may_not_have_this_name(server: RunningStorage, name: str) -> None:
    path = "/storage/v1/b?project=p"
    answer = server.call("POST", path, json={"name": name}, status=400)

    assert error_of(answer) == (400, "invalid", f"Invalid bucket name: '{name}'")


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/storage/v1/b/gs://a-bucket/o/o", 404),
        ("GET", "/download/storage/v1/b/gs://a-bucket/o/o?alt=media", 404),
        ("GET", "https://storage.googleapis.com", 501),
        ("GET", "/", 501),
        ("OPTIONS", "*", 501),
    ],
)
def test_a_path_that_names_nothing_is_refused(
    server: RunningStorage, method: str, target: str, status: int
) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request(method, target, headers={"Authorization": "Bearer token"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()

    assert answer.status == status, text
    assert "internal error" not in text


def test_a_path_may_have_a_scheme_in_it(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.blob("http://x").upload_from_string(b"content")

    answer = server.call("GET", f"/{bucket.name}/http://x", status=200)

    assert answer.content == b"content"
