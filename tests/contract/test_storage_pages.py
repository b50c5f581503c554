"""
Lists page by page: together the pages are the list, whatever happens between them.
"""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.storage.disk.listing import Cursor
from tests.contract.storage_lists import fill, listed, names, server
from tests.contract.storage_server import RunningStorage, error_of

__all__ = ["server"]


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
