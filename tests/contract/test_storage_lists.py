"""
Lists: strongly consistent, in the order of UTF-8 bytes, page by page.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.storage.disk.listing import Cursor
from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def listed(server: RunningStorage, bucket: str, query: str = "") -> Any:
    return server.call("GET", f"/storage/v1/b/{bucket}/o?{query}").json()


def names(page: Any) -> list[str]:
    return [str(item["name"]) for item in page.get("items", [])]


def fill(server: RunningStorage, *objects: str, versioned: bool = False) -> str:
    bucket = str(server.bucket(versioned=versioned).name)
    server.within(
        lambda store: [store.insert_object(bucket, name, b"x") for name in objects]
    )
    return bucket


def test_a_list_shows_each_write_at_once(server: RunningStorage) -> None:
    bucket = server.bucket()
    for number in range(20):
        bucket.blob(f"o{number:02}").upload_from_string(b"")
        assert len(list(bucket.list_blobs())) == number + 1
    bucket.blob("o07").delete()
    assert "o07" not in [blob.name for blob in bucket.list_blobs()]


def test_names_are_in_the_order_of_their_bytes(server: RunningStorage) -> None:
    """
    UTF-16, which some sort by, would put U+10000 before U+FFFD.
    """
    some = ["Z", "a", "a b", "a!", "a/", "a/b", "é", "z", "\ufffd", "\U00010000", "~"]
    bucket = fill(server, *some)

    page = listed(server, bucket)

    assert names(page) == sorted(some, key=str.encode)
    assert page["kind"] == "storage#objects"


def test_an_empty_list_has_no_items(server: RunningStorage) -> None:
    assert listed(server, fill(server)) == {"kind": "storage#objects"}


def test_pages_hold_what_was_asked_for_and_miss_nothing(
    server: RunningStorage,
) -> None:
    some = [f"o{number:03}" for number in range(25)]
    bucket = fill(server, *some)
    seen, token, sizes = [], "", []
    while True:
        page = listed(server, bucket, f"maxResults=10&pageToken={quote(token)}")
        seen += names(page)
        sizes.append(len(names(page)))
        if "nextPageToken" not in page:
            break
        token = page["nextPageToken"]

    assert (seen, sizes) == (some, [10, 10, 5])
    exact = server.client.list_blobs(bucket, page_size=5)
    assert [blob.name for blob in exact] == some
    assert "nextPageToken" not in listed(server, bucket, "maxResults=25")


def test_a_page_never_holds_more_than_a_thousand(server: RunningStorage) -> None:
    bucket = fill(server, *(f"o{number:04}" for number in range(1001)))

    assert len(names(listed(server, bucket))) == 1000
    assert len(names(listed(server, bucket, "maxResults=5000"))) == 1000
    assert len(list(server.client.list_blobs(bucket))) == 1001


def test_what_is_deleted_between_pages_does_not_disturb_them(
    server: RunningStorage,
) -> None:
    bucket = fill(server, "a", "b", "c", "d")
    token = listed(server, bucket, "maxResults=2")["nextPageToken"]
    for name in ("b", "c"):
        server.call("DELETE", f"/storage/v1/b/{bucket}/o/{name}", status=204)

    assert names(listed(server, bucket, f"pageToken={quote(token)}")) == ["d"]


def test_a_prefix_is_text_not_a_pattern(server: RunningStorage) -> None:
    bucket = fill(server, "a", "a%", "a%b", "aXb", "a_", "b")

    assert names(listed(server, bucket, "prefix=a%25")) == ["a%", "a%b"]
    assert names(listed(server, bucket, "prefix=a_")) == ["a_"]


def test_a_delimiter_folds_names_into_prefixes(server: RunningStorage) -> None:
    bucket = fill(server, "a", "b/", "b/1", "b/2", "c/d/e", "f")

    page = listed(server, bucket, "delimiter=/")
    assert (names(page), page["prefixes"]) == (["a", "f"], ["b/", "c/"])
    page = listed(server, bucket, "delimiter=/&prefix=b/")
    assert (names(page), "prefixes" in page) == (["b/", "b/1", "b/2"], False)
    page = listed(server, bucket, "delimiter=/&includeTrailingDelimiter=true")
    assert (names(page), page["prefixes"]) == (["a", "b/", "f"], ["b/", "c/"])
    page = listed(server, bucket, "delimiter=/d/")
    assert page["prefixes"] == ["c/d/"]


def test_offsets_cut_a_list(server: RunningStorage) -> None:
    bucket = fill(server, "a", "b", "c", "d")

    page = listed(server, bucket, "startOffset=b&endOffset=d")
    assert names(page) == ["b", "c"]


def test_a_glob_filters_a_list(server: RunningStorage) -> None:
    bucket = fill(server, "a.txt", "b/c.txt", "b/d/e.txt", "b/f.md")

    found = server.client.list_blobs(bucket, match_glob="b/*.{txt,md}")
    assert [blob.name for blob in found] == ["b/c.txt", "b/f.md"]
    found = server.client.list_blobs(bucket, match_glob="**.txt")
    assert [blob.name for blob in found] == ["a.txt", "b/c.txt", "b/d/e.txt"]


def test_versions_are_listed_oldest_first_within_a_name(
    server: RunningStorage,
) -> None:
    bucket = fill(server, "b", "a", "b", "a", versioned=True)

    items = listed(server, bucket, "versions=true")["items"]

    keys = [(item["name"], int(item["generation"])) for item in items]
    assert keys == sorted(keys)
    assert ["timeDeleted" in item for item in items] == [True, False, True, False]
    assert names(listed(server, bucket)) == ["a", "b"]
    pages = listed(server, bucket, "versions=true&maxResults=3")
    token = quote(pages["nextPageToken"])
    rest = listed(server, bucket, f"versions=true&pageToken={token}")
    assert [*pages["items"], *rest["items"]] == items


def test_fields_cut_the_answer(server: RunningStorage) -> None:
    bucket = server.bucket()
    for name in ("a", "b"):
        blob = bucket.blob(name)
        blob.metadata = {"k": name}
        blob.upload_from_string(b"")
    query = "maxResults=1&fields=items(name,generation,metadata),nextPageToken"

    page = listed(server, bucket.name, query)

    assert page.keys() == {"items", "nextPageToken"}
    assert page["items"][0].keys() == {"name", "generation", "metadata"}
    found = bucket.list_blobs(fields="items(name,metadata),nextPageToken", page_size=1)
    assert [(blob.name, blob.metadata) for blob in found] == [
        ("a", {"k": "a"}),
        ("b", {"k": "b"}),
    ]


@pytest.mark.parametrize(
    "query", ["pageToken=x", "pageToken=%C3%A9", "maxResults=x", "fields=items("]
)
def test_what_makes_no_sense_is_refused(server: RunningStorage, query: str) -> None:
    bucket = fill(server, "a")
    answer = server.call("GET", f"/storage/v1/b/{bucket}/o?{query}", status=400)
    assert error_of(answer)[:2] == (400, "invalid")


@pytest.mark.parametrize("generation", [2**63, 10**40, -1])
def test_a_page_token_of_no_generation_is_refused(
    server: RunningStorage, generation: int
) -> None:
    bucket = fill(server, "a")
    token = Cursor(name=b"a", generation=generation).token()
    path = f"/storage/v1/b/{bucket}/o?pageToken={quote(token)}"

    answer = server.call("GET", path, status=400)

    message = f"Invalid value for pageToken: '{token}'"
    assert error_of(answer) == (400, "invalid", message)


def test_a_list_of_no_bucket_is_not_found(server: RunningStorage) -> None:
    answer = server.call("GET", "/storage/v1/b/no-such-bucket/o", status=404)
    message = "The specified bucket does not exist."
    assert error_of(answer) == (404, "notFound", message)


NAMES = st.lists(
    st.text(alphabet="ab/é", min_size=1, max_size=5), min_size=1, max_size=12
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    some=NAMES,
    prefix=st.text(alphabet="ab/", max_size=2),
    delimiter=st.sampled_from(["", "/", "a", "b/"]),
    trailing=st.booleans(),
    size=st.integers(min_value=1, max_value=4),
)
def test_pages_together_are_what_the_documentation_describes(
    server: RunningStorage,
    some: list[str],
    prefix: str,
    delimiter: str,
    trailing: bool,
    size: int,
) -> None:
    """
    Against the words of the reference, carried out in the plainest way.
    """
    bucket = fill(server, *some)
    items, prefixes = set(), set()
    for name in {name for name in some if name.startswith(prefix)}:
        head, found, tail = name[len(prefix) :].partition(delimiter or "\n")
        if found:
            prefixes.add(prefix + head + found)
        if not found or (trailing and not tail):
            items.add(name)
    seen_items: list[str] = []
    seen_prefixes: list[str] = []
    token = ""
    while True:
        page = listed(
            server,
            bucket,
            f"prefix={quote(prefix)}&delimiter={quote(delimiter)}&maxResults={size}"
            f"&includeTrailingDelimiter={str(trailing).lower()}&pageToken={token}",
        )
        seen_items += names(page)
        seen_prefixes += page.get("prefixes", [])
        assert len(names(page)) + len(page.get("prefixes", [])) <= size
        if "nextPageToken" not in page:
            break
        token = quote(page["nextPageToken"])

    assert seen_items == sorted(items, key=str.encode)
    assert seen_prefixes == sorted(prefixes, key=str.encode)
