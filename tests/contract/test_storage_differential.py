"""
The same calls to our server and to `fake-gcs-server`: the same answers.

As far as that one is right. Preconditions are compared for inserts alone: on deletes,
copies and patches it ignores them.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.storage import Bucket, Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.fake_gcs_server import binary, fake_gcs_server
from tests.contract.storage_server import (
    PROJECT,
    BearerCredentials,
    RunningStorage,
    running_storage,
)

EXAMPLES = 25
NAMES = ["a", "a/b", "a/b/c", "a/c", "b", "b/", "dir/ü x", "z%2Fz"]

Answer = Any
Step = Callable[[Bucket], Answer]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call, with words for whoever reads a failure."""

    says: str
    make: Step

    def __repr__(self) -> str:
        return self.says


def upload(name: str, data: bytes, kind: str) -> Call:
    def make(bucket: Bucket) -> Answer:
        blob = bucket.blob(name)
        blob.metadata = {"size": str(len(data))}
        blob.upload_from_string(data, content_type=kind)
        return len(data), blob.md5_hash, blob.crc32c, blob.content_type, blob.metadata

    return Call(says=f"upload {name!r} {data!r}", make=make)


def upload_in_chunks(name: str, data: bytes) -> Call:
    def make(bucket: Bucket) -> Answer:
        with bucket.blob(name).open("wb") as file:
            file.write(data)
        return bucket.get_blob(name).size

    return Call(says=f"upload in chunks {name!r} {data!r}", make=make)


def create(name: str, data: bytes) -> Call:
    def make(bucket: Bucket) -> Answer:
        bucket.blob(name).upload_from_string(data, if_generation_match=0)
        return "created"

    return Call(says=f"create {name!r} {data!r}", make=make)


def read(name: str) -> Call:
    return Call(
        says=f"read {name!r}", make=lambda bucket: bucket.blob(name).download_as_bytes()
    )


def read_part(name: str, start: int, end: int) -> Call:
    def make(bucket: Bucket) -> Answer:
        # The client would take a checksum of the part for one of the whole.
        return bucket.blob(name).download_as_bytes(start=start, end=end, checksum=None)

    return Call(says=f"read {name!r} from {start} to {end}", make=make)


def get(name: str) -> Call:
    def make(bucket: Bucket) -> Answer:
        blob = bucket.get_blob(name)
        return blob and (blob.name, blob.size, blob.md5_hash, blob.metadata)

    return Call(says=f"get {name!r}", make=make)


def list_(prefix: str, delimiter: str | None) -> Call:
    def make(bucket: Bucket) -> Answer:
        found = bucket.list_blobs(prefix=prefix, delimiter=delimiter)
        names = [blob.name for blob in found]
        return names, sorted(found.prefixes)

    return Call(says=f"list {prefix!r} by {delimiter!r}", make=make)


def copy(source: str, target: str) -> Call:
    def make(bucket: Bucket) -> Answer:
        made = bucket.copy_blob(bucket.blob(source), bucket, target)
        return made.name, made.size, made.md5_hash, made.metadata

    return Call(says=f"copy {source!r} to {target!r}", make=make)


def compose(sources: list[str], target: str) -> Call:
    def make(bucket: Bucket) -> Answer:
        blob = bucket.blob(target)
        blob.content_type = "text/plain"
        # It answers 500 for a source that is not there, which would be tried again.
        blob.compose([bucket.blob(name) for name in sources], retry=None)
        return blob.size, blob.crc32c, blob.download_as_bytes()

    return Call(says=f"compose {sources} into {target!r}", make=make)


def patch(name: str, value: str) -> Call:
    def make(bucket: Bucket) -> Answer:
        blob = bucket.blob(name)
        blob.metadata = {"k": value}
        blob.patch()
        return blob.metadata

    return Call(says=f"patch {name!r}", make=make)


def delete(name: str) -> Call:
    return Call(says=f"delete {name!r}", make=lambda bucket: bucket.blob(name).delete())


names = st.sampled_from(NAMES)
contents = st.one_of(
    st.binary(min_size=20, max_size=45), st.sampled_from([b"", b"xy" * 150_000])
)
# Most calls are about something that is there.
beginnings = st.dictionaries(names, contents, min_size=5)
calls = st.one_of(
    st.builds(upload, names, contents, st.sampled_from(["text/plain", "a/b"])),
    st.builds(upload_in_chunks, names, contents),
    st.builds(create, names, contents),
    st.builds(read, names),
    st.builds(read_part, names, st.integers(0, 30), st.integers(31, 50)),
    st.builds(get, names),
    st.builds(
        list_, st.sampled_from(["", "a", "a/", "b/", "q"]), st.sampled_from(["/", None])
    ),
    st.builds(copy, names, names),
    st.builds(compose, st.lists(names, min_size=1, max_size=3), names),
    st.builds(patch, names, st.text("ab", max_size=3)),
    st.builds(delete, names),
)


@dataclass(frozen=True, kw_only=True)
class Both:
    ours: Client
    theirs: Client

    def buckets(self, name: str) -> list[Bucket]:
        return [client.create_bucket(name) for client in (self.ours, self.theirs)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture(scope="module")
def both(server: RunningStorage) -> Iterator[Both]:
    with fake_gcs_server(binary()) as url:
        theirs = Client(
            project=PROJECT,
            credentials=BearerCredentials(),
            client_options={"api_endpoint": url},
        )
        yield Both(ours=server.client, theirs=theirs)
        theirs.close()


def outcome(call: Call, bucket: Bucket) -> Answer:
    try:
        return call.make(bucket)
    except GoogleAPICallError as error:
        return f"refused: {error.code}"


# What the service answers, and what that one does.
WHERE_IT_IS_WRONG = [("refused: 404", "refused: 500")]
BUCKETS = itertools.count(1)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(there=beginnings, made=st.lists(calls, min_size=5, max_size=12))
def test_both_answer_alike(
    both: Both, there: dict[str, bytes], made: list[Call]
) -> None:
    ours, theirs = both.buckets(f"bucket-{next(BUCKETS)}")
    before = [upload(name, data, "text/plain") for name, data in there.items()]
    after = [list_("", None), list_("", "/"), list_("a/", "/")]
    for call in [*before, *made, *after]:
        mine, other = outcome(call, ours), outcome(call, theirs)
        assert mine == other or (mine, other) in WHERE_IT_IS_WRONG, call
