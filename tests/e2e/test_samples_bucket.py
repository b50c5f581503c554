"""
Google's public sample bucket behind the door: everybody reads it, nobody changes it.
"""

from typing import Any

import pytest

from tests.running_cloud import RunningCloud

_BUCKET = "cloud-samples-data"
_FILE = "batch/prompt_for_batch_gemini_predict.jsonl"

_REFUSALS = f"""
import io, json
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import storage

client = storage.Client()
own = client.create_bucket("samples-refusals")
own.blob("mine").upload_from_string("mine")
theirs = client.bucket("{_BUCKET}")
blob = theirs.blob("{_FILE}")
told = {{}}

def tried(name, call):
    try:
        call()
        told[name] = [200, ""]
    except GoogleAPICallError as error:
        told[name] = [error.code, str(error)]

tried("insert", lambda: theirs.blob("new").upload_from_string("new"))
tried("overwrite", lambda: blob.upload_from_string("other"))
tried("resumable", lambda: theirs.blob("big", chunk_size=262_144).upload_from_file(
    io.BytesIO(bytes(300_000))
))
tried("patch", lambda: (setattr(blob, "metadata", {{"a": "b"}}), blob.patch()))
tried("delete", blob.delete)
tried("copy into", lambda: own.copy_blob(own.blob("mine"), theirs))
tried("rewrite into", lambda: theirs.blob("new").rewrite(own.blob("mine")))
tried("compose", lambda: theirs.blob("new").compose([blob]))
tried("patch bucket", lambda: (setattr(theirs, "labels", {{"a": "b"}}), theirs.patch()))
tried("delete bucket", theirs.delete)
tried("create bucket", lambda: client.create_bucket("{_BUCKET}"))

def in_a_batch():
    with client.batch():
        blob.delete()

tried("delete in a batch", in_a_batch)
tried("copy out", lambda: theirs.copy_blob(blob, own, "copied"))
print(json.dumps({{
    "tried": told,
    "left": [each.name for each in client.list_blobs(theirs, prefix="batch/")],
    "mine": [each.name for each in client.list_buckets()],
    "copied": own.blob("copied").download_as_bytes() == blob.download_as_bytes(),
}}))
"""

_CHANGES = {
    "insert": "storage.objects.create",
    "overwrite": "storage.objects.create",
    "resumable": "storage.objects.create",
    "patch": "storage.objects.update",
    "delete": "storage.objects.delete",
    "copy into": "storage.objects.create",
    "rewrite into": "storage.objects.create",
    "compose": "storage.objects.create",
    "patch bucket": "storage.buckets.update",
    "delete bucket": "storage.buckets.delete",
    "delete in a batch": "storage.objects.delete",
}


@pytest.fixture(scope="module")
def told(bare_cloud: RunningCloud) -> Any:
    return bare_cloud.python(_REFUSALS)


@pytest.mark.parametrize("change", _CHANGES)
def test_no_change_is_allowed(told: Any, change: str) -> None:
    permission = _CHANGES[change]
    code, message = told["tried"][change]

    assert code == 403
    assert "developer@dropbatch-local.iam.gserviceaccount.com does not" in message
    assert f"does not have {permission} access to the Google Cloud Storage" in message
    assert f"Permission '{permission}' denied on resource" in message


def test_nothing_was_changed(told: Any) -> None:
    assert told["left"] == [_FILE]


def test_its_objects_can_be_copied(told: Any) -> None:
    assert told["tried"]["copy out"] == [200, ""]
    assert told["copied"]


def test_it_is_another_projects_bucket(told: Any) -> None:
    assert "samples-refusals" in told["mine"]
    assert _BUCKET not in told["mine"]
    code, message = told["tried"]["create bucket"]
    assert code == 409
    assert "The requested bucket name is not available." in message


def test_anybody_reads_it_without_a_token(bare_cloud: RunningCloud) -> None:
    script = """
import json, requests

host = "https://storage.googleapis.com"
told = {}
for name, path in {
    "xml": "/cloud-samples-data/batch/prompt_for_batch_gemini_predict.jsonl",
    "json": "/storage/v1/b/cloud-samples-data/o",
    "other": "/storage/v1/b?project=dropbatch-local",
    "write": "/upload/storage/v1/b/cloud-samples-data/o?uploadType=media&name=a",
}.items():
    answer = requests.request(
        "POST" if name == "write" else "GET", host + path, timeout=20
    )
    told[name] = answer.status_code
print(json.dumps(told))
"""
    assert bare_cloud.python(script) == {
        "xml": 200,
        "json": 200,
        "other": 401,
        "write": 401,
    }
