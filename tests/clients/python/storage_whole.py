"""
What the storage client does beyond an upload and a download, as one JSON object.

`storage_whole.py BUCKET`: chunks, conditions, parts joined, copies, versions, many
transfers at once; each fact is true if the client and the service agree.
"""

import hashlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path

from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud import storage
from google.cloud.storage import transfer_manager

KIB = 1024
MIB = KIB * KIB

client = storage.Client()
bucket = client.bucket(sys.argv[1])
bucket.versioning_enabled = True
client.create_bucket(bucket, location="us-central1")
facts: dict[str, bool] = {}

# A resumable upload in chunks of a size that isn't known before, read in parts.
content = os.urandom(5 * MIB + 17)
blob = bucket.blob("chunks ü?#.bin", chunk_size=MIB)
blob.metadata = {"team": "a"}
with blob.open("wb", ignore_flush=True) as writer:
    for start in range(0, len(content), 300 * KIB):
        writer.write(content[start : start + 300 * KIB])
blob.reload()
facts["chunks"] = blob.download_as_bytes(checksum="crc32c") == content
facts["metadata"] = blob.metadata == {"team": "a"}
facts["part"] = blob.download_as_bytes(start=MIB, end=MIB + 9) == content[MIB:][:10]
with blob.open("rb", chunk_size=MIB) as reader:
    reader.seek(-17, io.SEEK_END)
    facts["seek"] = reader.read() == content[-17:]

# Conditions: nobody is overwritten unseen.
note = bucket.blob("note")
note.upload_from_string("first", if_generation_match=0)
first = note.generation
note.upload_from_string("second", if_generation_match=first)
refused = 0
for generation in (0, first):
    try:
        note.upload_from_string("third", if_generation_match=generation)
    except PreconditionFailed:
        refused += 1
try:
    bucket.delete_blob("note", if_generation_match=first)
except PreconditionFailed:
    refused += 1
facts["conditions"] = refused == 3 and note.download_as_text() == "second"

# Versions: what was overwritten or deleted is still there under its number.
bucket.delete_blob("note")
facts["gone"] = bucket.get_blob("note") is None
facts["old"] = bucket.blob("note", generation=first).download_as_text() == "first"
facts["versions"] = len(list(bucket.list_blobs(prefix="note", versions=True))) == 2
back = bucket.copy_blob(bucket.blob("note"), bucket, "note", source_generation=first)
facts["brought back"] = back.download_as_text() == "first"

# Joined on the service, and copied in as many calls as it takes.
for number in range(3):
    bucket.blob(f"joined/{number}").upload_from_string(str(number) * 4)
joined = bucket.blob("joined/all")
joined.compose([bucket.blob(f"joined/{number}") for number in range(3)])
facts["compose"] = joined.download_as_text() == "000011112222"
facts["components"] = joined.component_count == 3 and joined.md5_hash is None
target = bucket.blob("rewritten")
token, rewritten, total = target.rewrite(blob)
while token is not None:
    token, rewritten, total = target.rewrite(blob, token=token)
facts["rewrite"] = rewritten == total and target.crc32c == blob.crc32c

# Many files at once, and one in many parts.
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    names = [f"many-{number:03d}" for number in range(40)]
    for each in names:
        (folder / each).write_text(each)
    results = transfer_manager.upload_many_from_filenames(
        bucket, names, source_directory=name, worker_type="thread", max_workers=8
    )
    facts["many up"] = results == [None] * 40
    (folder / "down").mkdir()
    transfer_manager.download_many_to_path(
        bucket,
        names,
        destination_directory=str(folder / "down"),
        worker_type="thread",
        max_workers=8,
    )
    facts["many down"] = all((folder / "down" / n).read_text() == n for n in names)
    large = folder / "large"
    large.write_bytes(os.urandom(MIB) * 20)
    bucket.blob("large").upload_from_filename(large)
    transfer_manager.download_chunks_concurrently(
        bucket.blob("large"),
        str(folder / "back"),
        chunk_size=4 * MIB,
        worker_type="thread",
        max_workers=4,
    )
    facts["sliced"] = (
        hashlib.sha256((folder / "back").read_bytes()).digest()
        == hashlib.sha256(large.read_bytes()).digest()
    )

# Lists in folders and in pages.
pages = bucket.list_blobs(prefix="many-", page_size=15)
facts["pages"] = [len(list(page)) for page in pages.pages] == [15, 15, 10]
listing = bucket.list_blobs(delimiter="/")
facts["folders"] = "note" in {each.name for each in listing}
facts["folders"] &= listing.prefixes == {"joined/"}
with client.batch():
    for each in names:
        bucket.blob(each).delete()
facts["batch"] = not list(bucket.list_blobs(prefix="many-"))
try:
    bucket.blob("nothing").download_as_bytes()
except NotFound as error:
    facts["not found"] = error.code == 404
print(json.dumps(facts))
