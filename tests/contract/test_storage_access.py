"""
IAM policies and ACLs: told truly, and what is not kept is refused.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import PreconditionFailed

from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_a_new_bucket_is_its_projects(server: RunningStorage) -> None:
    bucket = server.bucket()
    policy = bucket.get_iam_policy(requested_policy_version=3)
    assert policy["roles/storage.legacyBucketReader"] == {"projectViewer:test-project"}
    assert policy["roles/storage.legacyObjectReader"] == set()
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    bucket.patch()
    policy = bucket.get_iam_policy()
    assert policy["roles/storage.legacyObjectReader"] == {"projectViewer:test-project"}


def test_a_policy_is_kept_as_it_was_set(server: RunningStorage) -> None:
    bucket = server.bucket()
    policy = bucket.get_iam_policy(requested_policy_version=3)
    stale = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append(
        {"role": "roles/storage.objectViewer", "members": {"allUsers"}}
    )
    set_ = bucket.set_iam_policy(policy)
    assert set_.etag != stale.etag

    with pytest.raises(PreconditionFailed):
        bucket.set_iam_policy(stale)

    server.restart()
    seen = bucket.get_iam_policy(requested_policy_version=3)
    assert seen["roles/storage.objectViewer"] == {"allUsers"}
    assert (seen.version, seen.etag) == (1, set_.etag)
    for _ in range(200):
        seen = bucket.set_iam_policy(seen)
    assert bucket.get_iam_policy().etag == seen.etag


@pytest.mark.parametrize(
    "wrong",
    [
        {"bindings": "all"},
        {"bindings": [5]},
        {"bindings": [{"members": ["allUsers"]}]},
        {"bindings": [{"role": "r", "members": "allUsers"}]},
        {"bindings": [{"role": "r", "members": ["someone"]}]},
        {"bindings": [], "version": 4},
        {"bindings": [], "version": []},
    ],
)
def test_no_other_policy_is_taken(server: RunningStorage, wrong: object) -> None:
    path = f"/storage/v1/b/{server.bucket().name}/iam"
    assert error_of(server.call("PUT", path, json=wrong, status=400))[1] == "invalid"


def test_who_has_a_token_may_do_everything(server: RunningStorage) -> None:
    bucket = server.bucket()
    asked = ["storage.objects.create", "storage.buckets.delete"]
    assert bucket.test_iam_permissions(asked) == asked
    path = f"/storage/v1/b/{bucket.name}/iam/testPermissions"
    server.call("GET", path, status=400)
    server.call("GET", f"{path}?permissions=pubsub.topics.get", status=400)
    server.call("GET", "/storage/v1/b/none-such/iam", status=404)


def test_acls_are_the_projects_and_stay_so(server: RunningStorage) -> None:
    bucket = server.bucket()
    server.insert(bucket.name, "o", b"")
    for acl in (bucket.acl, bucket.default_object_acl, bucket.blob("o").acl):
        acl.reload()
        assert {
            (entry["entity"].rpartition("-")[0], entry["role"]) for entry in acl
        } == {
            ("project-owners", "OWNER"),
            ("project-editors", "OWNER"),
            ("project-viewers", "READER"),
        }
    path = f"/storage/v1/b/{bucket.name}/o/o/acl"
    body = {"entity": "allUsers", "role": "READER"}
    answer = server.call("POST", path, json=body, status=501)
    assert "does not have changes of ACLs" in error_of(answer)[2]
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    bucket.patch()
    answer = server.call("GET", path, status=400)
    assert "uniform bucket-level access" in error_of(answer)[2]
