"""The stand-ins for Google's samples, as they are put into a store."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.demo.material import media_of
from localcloud.samples import bucket as samples
from localcloud.storage.disk.listing import ListRequest
from localcloud.storage.disk.store import Store

FILES = Path(samples.__file__).parent / "files"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def generations(store: Store) -> dict[str, int]:
    page = store.list_objects(ListRequest(bucket=samples.BUCKET))
    return {found.name: found.generation for found in page.items}


def test_every_object_says_that_it_is_a_stand_in(store: Store) -> None:
    samples.seed(store)

    for name in generations(store):
        found = store.objects.get(samples.BUCKET, name)
        assert (
            "Google's object of this name is another"
            in (found.settings["metadata"]["stand-in"])
        )


def test_what_the_rows_name_is_there_too(store: Store) -> None:
    samples.seed(store)

    there = {f"gs://{samples.BUCKET}/{name}" for name in generations(store)}
    named = {
        uri
        for sample in samples.SAMPLES
        if sample.name.endswith(".jsonl")
        for uri in media_of(FILES / sample.file)
    }
    assert named
    assert named <= there


def test_every_row_says_that_it_is_a_stand_in() -> None:
    for file in FILES.glob("*.jsonl"):
        for line in file.read_text().splitlines():
            (content,) = json.loads(line)["request"]["contents"]
            assert "the local cloud's stand-in" in content["parts"][0]["text"]


def test_each_file_is_used_and_each_sample_has_one() -> None:
    assert {sample.file for sample in samples.SAMPLES} == {
        file.name for file in FILES.iterdir()
    }


def test_what_is_there_is_not_made_again(store: Store) -> None:
    samples.seed(store)
    before = generations(store)
    samples.seed(store)

    assert generations(store) == before


def test_only_what_is_missing_is_made(store: Store) -> None:
    store.create_bucket_if_absent(samples.BUCKET, samples.PROJECT)
    name = samples.SAMPLES[0].name
    own = store.insert_object(samples.BUCKET, name, b"of an older local cloud")
    samples.seed(store)

    after = generations(store)
    assert after[name] == own.generation
    assert set(after) == {sample.name for sample in samples.SAMPLES}
