"""
Buckets: made, changed, listed and deleted.
"""

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import Conflict, NotFound

from tests.contract.storage_server import (
    PROJECT,
    RunningStorage,
    error_of,
    running_storage,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_a_bucket_has_the_fields_of_the_service(server: RunningStorage) -> None:
    body = {"name": "made-by-hand", "location": "europe-west4", "id": "not mine"}
    path = f"/storage/v1/b?project={PROJECT}"

    made = server.call("POST", path, json=body).json()

    assert made["kind"] == "storage#bucket"
    assert made["id"] == made["name"] == "made-by-hand"
    assert made["selfLink"] == "https://www.googleapis.com/storage/v1/b/made-by-hand"
    assert (made["location"], made["locationType"]) == ("EUROPE-WEST4", "region")
    assert (made["storageClass"], made["metageneration"]) == ("STANDARD", "1")
    assert made["projectNumber"].isdigit()
    assert made["timeCreated"] == made["updated"]
    assert made["etag"] == "CAE="
    assert server.call("GET", "/storage/v1/b/made-by-hand").json() == made


@pytest.mark.parametrize(
    ("location", "kind"),
    [("", "multi-region"), ("EU", "multi-region"), ("nam4", "dual-region")],
)
def test_a_location_has_a_type(
    server: RunningStorage, location: str, kind: str
) -> None:
    name = f"in-{location.lower() or 'default'}"
    bucket = server.client.create_bucket(name, location=location or None)

    assert (bucket.location, bucket.location_type) == (location.upper() or "US", kind)
    layout = server.call("GET", f"/storage/v1/b/{name}/storageLayout").json()
    assert layout == {
        "kind": "storage#storageLayout",
        "bucket": name,
        "location": location.upper() or "US",
        "locationType": kind,
        "hierarchicalNamespace": {"enabled": False},
    }


def test_a_bucket_is_made_once(server: RunningStorage) -> None:
    server.client.create_bucket("made-once")
    with pytest.raises(Conflict, match="you already own it"):
        server.client.create_bucket("made-once")


def test_a_name_that_another_project_has_is_not_available(
    server: RunningStorage,
) -> None:
    """
    Told as Google does, without a word on whose it is.
    """
    path = "/storage/v1/b?project="
    server.call("POST", f"{path}theirs", json={"name": "their-bucket"})
    answer = server.call(
        "POST", f"{path}mine", json={"name": "their-bucket"}, status=409
    )
    assert error_of(answer)[1:] == (
        "conflict",
        "The requested bucket name is not available. The bucket namespace is shared "
        "by all users of the system. Please select a different name and try again.",
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_bucket_has_no_caches(server: RunningStorage, slash: str) -> None:
    """
    Terraform's provider asks, with a slash, before it empties a bucket.
    """
    name = server.bucket().name
    answer = server.call("GET", f"/storage/v1/b/{name}/anywhereCaches{slash}")
    assert answer.json() == {"kind": "storage#anywhereCaches"}
    server.call("GET", f"/storage/v1/b/nobodys/anywhereCaches{slash}", status=404)


def test_a_bucket_needs_a_project_and_a_name(server: RunningStorage) -> None:
    answer = server.call("POST", "/storage/v1/b", json={"name": "abc"}, status=400)
    assert error_of(answer)[1] == "required"
    path = "/storage/v1/b?project=p"
    answer = server.call("POST", path, json={}, status=400)
    assert error_of(answer)[1] == "required"
    server.call("GET", "/storage/v1/b", status=400)


def test_a_patch_merges_and_an_update_replaces(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.labels = {"a": "1", "b": "2"}
    bucket.add_lifecycle_delete_rule(age=3)
    bucket.soft_delete_policy.retention_duration_seconds = 0
    bucket.patch()
    path = f"/storage/v1/b/{bucket.name}"

    labels = {"labels": {"a": None, "c": "3"}, "name": "other", "location": "EU"}
    seen = server.call("PATCH", path, json=labels).json()

    assert seen["labels"] == {"b": "2", "c": "3"}
    assert seen["lifecycle"]["rule"][0]["condition"] == {"age": 3}
    assert seen["softDeletePolicy"]["retentionDurationSeconds"] == "0"
    assert (seen["name"], seen["location"]) == (bucket.name, "US")
    assert seen["metageneration"] == "3"
    seen = server.call("PUT", path, json={"versioning": {"enabled": True}}).json()
    assert seen["versioning"] == {"enabled": True}
    assert "labels" not in seen
    assert "lifecycle" not in seen
    server.restart()
    assert server.call("GET", path).json() == seen


def test_buckets_are_listed_by_project_in_pages(server: RunningStorage) -> None:
    client = server.client
    for name in ("list-c", "list-a", "list-b", "other"):
        client.create_bucket(name, project="listed")

    found = client.list_buckets(project="listed", prefix="list-", page_size=2)

    assert [bucket.name for bucket in found] == ["list-a", "list-b", "list-c"]
    path = "/storage/v1/b?project=nobody"
    assert server.call("GET", path).json() == {"kind": "storage#buckets"}


def test_an_empty_bucket_can_be_deleted(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.blob("o").upload_from_string(b"")
    with pytest.raises(Conflict, match="not empty"):
        bucket.delete()

    path = f"/storage/v1/b/{bucket.name}/managedFolders"
    assert server.call("GET", path).json() == {"kind": "storage#managedFolders"}
    bucket.delete(force=True)

    assert not bucket.exists()
    server.call("GET", path, status=404)
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        bucket.reload()
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        bucket.delete()
