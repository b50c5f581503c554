"""
Lists: strongly consistent, in the order of UTF-8 bytes, cut as is asked for.
"""

from pathlib import Path
from urllib.parse import quote

import pytest

from localcloud.storage.knobs import StorageKnobs
from tests.contract.storage_lists import fill, listed, names, server
from tests.contract.storage_server import RunningStorage, error_of, running_storage

__all__ = ["server"]


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


def test_a_list_of_no_bucket_is_not_found(server: RunningStorage) -> None:
    answer = server.call("GET", "/storage/v1/b/no-such-bucket/o", status=404)
    message = "The specified bucket does not exist."
    assert error_of(answer) == (404, "notFound", message)


def test_a_page_holds_no_more_than_the_knob_lets_it(tmp_path: Path) -> None:
    """Of objects and prefixes together, however many are asked for."""
    with running_storage(tmp_path, knobs=StorageKnobs(list_page=3)) as server:
        bucket = fill(server, "a", "b/1", "b/2", "c", "d", "e")

        page = listed(server, bucket, "maxResults=1000&delimiter=/")
        rest = listed(
            server, bucket, f"delimiter=/&pageToken={quote(page['nextPageToken'])}"
        )

    assert (names(page), page["prefixes"]) == (["a", "c"], ["b/"])
    assert (names(rest), "nextPageToken" in rest) == (["d", "e"], False)
