"""
A bucket of another project that everybody may read: what that means for accounts that
are no owners, and for those that are.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.grants import Grants, Right, bucket
from localcloud.permits import Permits
from tests.contract.storage_ground import (
    ACCOUNT,
    BEARER,
    CREATE,
    DELETE,
    GET,
    LIST,
    UPDATE,
    Ground,
    refused,
)
from tests.contract.storage_server import running_storage
from tests.everybody import owners

EVERYTHING = (GET, LIST, CREATE, DELETE, UPDATE)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """
    An account that may create in a bucket of its own, and a sample in one of others'.
    """
    permits = owners()
    with running_storage(tmp_path, permits=permits, public=["samples"]) as running:
        running.within(lambda store: store.create_bucket_if_absent("samples", "theirs"))
        running.within(lambda store: store.insert_object("samples", "old", b"content"))
        own = running.bucket().name
        permits.grants = Grants(
            accounts=frozenset({ACCOUNT}),
            rights=frozenset({Right(ACCOUNT, CREATE, bucket(own))}),
        )
        yield Ground(running, permits, "samples", own)


@pytest.mark.parametrize("verb", ["rewriteTo", "copyTo"])
def test_what_everybody_may_read_is_copied_without_a_grant(
    ground: Ground, verb: str
) -> None:
    path = f"/storage/v1/b/samples/o/old/{verb}/b/{ground.there}/o/new"

    assert ground.ask("POST", path, json={}).status_code == 200

    copied = ground.server.call("GET", f"/{ground.there}/new")
    assert copied.content == b"content"
    assert {right.permission for right in ground.permits.allowed} == {CREATE}


@pytest.mark.parametrize("verb", ["rewriteTo", "copyTo"])
def test_a_copy_of_what_is_missing_there_says_so(ground: Ground, verb: str) -> None:
    path = f"/storage/v1/b/samples/o/missing/{verb}/b/{ground.there}/o/new"
    assert ground.ask("POST", path, json={}).status_code == 404


def test_no_grant_lets_anybody_copy_into_it(ground: Ground) -> None:
    everything = {Right(ACCOUNT, each, bucket("samples")) for each in EVERYTHING}
    ground.permits.grants = Grants(
        accounts=frozenset({ACCOUNT}), rights=frozenset(everything)
    )
    path = "/storage/v1/b/samples/o/old/rewriteTo/b/samples/o/new"
    assert refused(ground.ask("POST", path, json={}), CREATE)
    ground.server.call("POST", path, json={}, status=403)


def test_what_may_be_done_with_it_is_what_everybody_may(ground: Ground) -> None:
    asked = "&".join(f"permissions={each}" for each in EVERYTHING)
    path = f"/storage/v1/b/samples/iam/testPermissions?{asked}"
    for headers in (BEARER, {}):
        told = ground.server.call("GET", path, headers=headers).json()
        assert told["permissions"] == [GET, LIST]


def test_copying_out_of_it_needs_a_token(ground: Ground) -> None:
    path = f"/storage/v1/b/samples/o/old/rewriteTo/b/{ground.there}/o/new"
    headers = {"Authorization": None}
    ground.server.call("POST", path, json={}, headers=headers, status=401)


def test_what_is_missing_there_is_missing_for_everybody(tmp_path: Path) -> None:
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
