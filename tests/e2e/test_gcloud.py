"""
The gcloud command, unchanged: storage. (Pub/Sub: `test_pubsub_clients.py`.)

Each call takes it more than a second, so a test says much with few of them.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import needs
from tests.running_cloud import RunningCloud

BUCKET = "gs://gcloud-client"
MIB = 1024 * 1024
# https://cloud.google.com/storage/docs/uploads-downloads: parts in parallel, up and
# down, for files above a threshold.
PARALLEL = {
    "CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_ENABLED": "True",
    "CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_THRESHOLD": "20M",
    "CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_COMPONENT_SIZE": "10M",
    "CLOUDSDK_STORAGE_SLICED_OBJECT_DOWNLOAD_THRESHOLD": "10M",
    "CLOUDSDK_STORAGE_SLICED_OBJECT_DOWNLOAD_COMPONENT_SIZE": "10M",
    "CLOUDSDK_STORAGE_SLICED_OBJECT_DOWNLOAD_MAX_COMPONENTS": "4",
}


def called(
    cloud: RunningCloud, *arguments: str | Path
) -> "subprocess.CompletedProcess[str]":
    return cloud.run(
        *("env", *(f"{name}={value}" for name, value in PARALLEL.items())),
        *(needs.program("gcloud"), "--quiet", *map(str, arguments)),
        timeout=180,
    )


def gcloud(cloud: RunningCloud, *arguments: str | Path) -> str:
    done = called(cloud, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(cloud: RunningCloud, *arguments: str | Path) -> Any:
    return json.loads(gcloud(cloud, *arguments, "--format=json"))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.fixture(scope="module")
def cloud(bare_cloud: RunningCloud) -> RunningCloud:
    gcloud(bare_cloud, "storage", "buckets", "create", BUCKET, "--location=us-central1")
    return bare_cloud


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    """
    A file of 40 MB that no two parts of are alike.
    """
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        for _ in range(40):
            file.write(os.urandom(MIB))
    yield path
    path.unlink()


def test_a_large_file_goes_up_in_parallel_parts_and_down_in_slices(
    cloud: RunningCloud, large: Path, tmp_path: Path
) -> None:
    gcloud(cloud, "storage", "cp", large, f"{BUCKET}/large/")
    found = told(cloud, "storage", "objects", "describe", f"{BUCKET}/large/large.bin")
    back = tmp_path / "back.bin"
    down = ("storage", "cp", f"{BUCKET}/large/large.bin", back)
    fetched = called(cloud, *down, "--verbosity=debug")
    listed = gcloud(cloud, "storage", "ls", "--all-versions", f"{BUCKET}/**")

    assert found["size"] == 40 * MIB
    assert found["component_count"] >= 4
    assert "md5_hash" not in found
    # The parts, which gcloud puts under a prefix of its own, are gone.
    (left,) = listed.splitlines()
    assert left.startswith(f"{BUCKET}/large/large.bin#")
    assert "sliced download with 4 components" in fetched.stderr
    assert digest(back) == digest(large)
    back.unlink()


def test_a_folder_is_kept_in_step(cloud: RunningCloud, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"This is {name}.\n")
    target = f"{BUCKET}/folder"
    rsync = ("storage", "rsync", "--recursive", tmp_path, target)

    first = called(cloud, *rsync)
    again = called(cloud, *rsync)
    (tmp_path / "b.txt").unlink()
    gcloud(cloud, *rsync, "--delete-unmatched-destination-objects")
    listing = gcloud(cloud, "storage", "ls", "-l", "--recursive", target)

    assert first.stderr.count("Copying") == 3, first.stderr
    assert again.returncode == 0, again.stderr
    assert "Copying" not in again.stderr
    assert f"{target}/a.txt" in listing
    assert f"{target}/deep/c.txt" in listing
    assert "b.txt" not in listing
    assert "TOTAL: 2 objects, 35 bytes" in listing


def test_objects_are_read_moved_changed_and_removed(
    cloud: RunningCloud, tmp_path: Path
) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("0123456789\n")
    first, moved = f"{BUCKET}/one/in.jsonl", f"{BUCKET}/one/moved.jsonl"

    gcloud(cloud, "storage", "cp", file, first)
    part = gcloud(cloud, "storage", "cat", "--range=2-4", first)
    gcloud(cloud, "storage", "mv", first, moved)
    gcloud(
        cloud,
        *("storage", "objects", "update", moved),
        *("--content-type=application/jsonl", "--custom-metadata=team=a"),
    )
    found = told(cloud, "storage", "objects", "describe", moved)
    whole = gcloud(cloud, "storage", "cat", moved)
    gcloud(cloud, "storage", "rm", "--recursive", f"{BUCKET}/one")
    gone = called(cloud, "storage", "ls", f"{BUCKET}/one")

    assert part == "234"
    assert whole == file.read_text()
    assert found["content_type"] == "application/jsonl"
    assert found["custom_fields"]["team"] == "a"
    assert found["metageneration"] == 2
    assert gone.returncode == 1
    assert "One or more URLs matched no objects" in gone.stderr


def test_buckets_are_made_described_listed_and_removed(cloud: RunningCloud) -> None:
    bucket = "gs://gcloud-bucket"
    gcloud(
        cloud,
        *("storage", "buckets", "create", bucket),
        *("--location=europe-west4", "--uniform-bucket-level-access"),
    )
    found = told(cloud, "storage", "buckets", "describe", bucket)
    refused = called(cloud, "storage", "buckets", "create", bucket)
    listed = told(cloud, "storage", "buckets", "list")
    gcloud(cloud, "storage", "buckets", "delete", bucket)
    missing = called(cloud, "storage", "buckets", "describe", bucket)

    assert found["location"] == "EUROPE-WEST4"
    assert found["uniform_bucket_level_access"] is True
    assert "HTTPError 409" in refused.stderr
    assert "gcloud-bucket" in [each["name"] for each in listed]
    assert f"{bucket} not found: 404" in missing.stderr
