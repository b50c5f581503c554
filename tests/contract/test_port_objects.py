"""
What the middle leans on of Cloud Storage, one suite for the fake in memory and
for the real client through the door: so the fake can't drift.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from shared.errors import ConflictError, MissingError
from shared.ports import ObjectInfo
from tests.contract.ground import Ground, ground
from tests.contract.objects_acts import streamed

__all__ = ["ground"]


def test_what_was_written_is_read_with_its_generation(ground: Ground) -> None:
    info = ground.objects.write(ground.state, "a", b"1", if_generation=0)

    assert ground.objects.read(ground.state, "a") == (b"1", info.generation)


def test_a_custom_time_is_that_of_one_generation(ground: Ground) -> None:
    """What a lifecycle rule may count from; another write begins without one."""
    ended = datetime(2026, 11, 26, 9, 0, 0, 123_000, tzinfo=UTC)
    first = ground.objects.write(
        ground.state, "a", b"1", if_generation=0, custom_time=ended
    )

    assert ground.objects.info(ground.state, "a").custom_time == ended
    ground.objects.write(ground.state, "a", b"2", if_generation=first.generation)
    assert ground.objects.info(ground.state, "a").custom_time is None


def test_an_object_is_created_once(ground: Ground) -> None:
    ground.objects.write(ground.state, "a", b"1", if_generation=0)

    with pytest.raises(ConflictError):
        ground.objects.write(ground.state, "a", b"2", if_generation=0)
    assert ground.objects.read(ground.state, "a")[0] == b"1"


def test_a_write_needs_the_generation_that_is_there(ground: Ground) -> None:
    first = ground.objects.write(ground.state, "a", b"1", if_generation=0)
    second = ground.objects.write(
        ground.state, "a", b"2", if_generation=first.generation
    )

    with pytest.raises(ConflictError):
        ground.objects.write(ground.state, "a", b"3", if_generation=first.generation)
    assert second.generation > first.generation
    assert ground.objects.read(ground.state, "a") == (b"2", second.generation)


def test_of_eight_who_create_at_once_one_wins(ground: Ground) -> None:
    def create(number: int) -> bool:
        try:
            content = str(number).encode()
            ground.objects.write(ground.state, "a", content, if_generation=0)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(create, range(8)))

    assert sum(won) == 1
    assert ground.objects.read(ground.state, "a")[0] == str(won.index(True)).encode()


@pytest.mark.parametrize("method", ["read", "info"])
def test_what_is_not_there_is_missing(ground: Ground, method: str) -> None:
    with pytest.raises(MissingError):
        getattr(ground.objects, method)(ground.state, "a")


def test_metadata_is_merged_and_makes_no_new_generation(ground: Ground) -> None:
    info = ground.objects.write(
        ground.state, "a", b"", if_generation=0, metadata={"x": "1", "y": "1"}
    )

    ground.objects.annotate(ground.state, "a", {"y": "2", "z": ""})

    (listed,) = ground.objects.list(ground.state, "")
    assert listed.metadata == {"x": "1", "y": "2", "z": ""}
    assert listed.generation == info.generation
    ground.objects.delete(ground.state, "a", if_generation=info.generation)


def test_only_what_is_there_can_be_annotated(ground: Ground) -> None:
    with pytest.raises(MissingError):
        ground.objects.annotate(ground.state, "a", {"x": "1"})


def test_a_delete_needs_the_generation_that_is_there(ground: Ground) -> None:
    first = ground.objects.write(ground.state, "a", b"1", if_generation=0)
    second = ground.objects.write(
        ground.state, "a", b"2", if_generation=first.generation
    )

    with pytest.raises(ConflictError):
        ground.objects.delete(ground.state, "a", if_generation=first.generation)
    ground.objects.delete(ground.state, "a", if_generation=second.generation)
    with pytest.raises(MissingError):
        ground.objects.delete(ground.state, "a", if_generation=second.generation)


def test_a_list_is_whole_in_order_and_at_once(ground: Ground) -> None:
    names = ["open/b", "open/a/x", "open/ä", "open/A", "other"]
    for name in names:
        ground.objects.write(
            ground.state, name, b"", if_generation=0, metadata={"n": "1"}
        )

    listed = list(ground.objects.list(ground.state, "open/"))

    assert [info.name for info in listed] == sorted(names[:4])
    assert all(isinstance(i, ObjectInfo) and i.metadata == {"n": "1"} for i in listed)
    assert list(ground.objects.list(ground.state, "nothing/")) == []


@pytest.mark.parametrize("name", ["a.jsonl", "a b/ä%2F#?.jsonl", "../x//y.jsonl"])
def test_exactly_the_pinned_generation_is_streamed(ground: Ground, name: str) -> None:
    first = ground.upload(ground.inbox, name, b"first" * 100_000)
    second = ground.upload(ground.inbox, name, b"second")

    assert streamed(ground.objects, ground.inbox, name, first) == b"first" * 100_000
    assert streamed(ground.objects, ground.inbox, name, second) == b"second"
    ground.delete(ground.inbox, name)
    assert streamed(ground.objects, ground.inbox, name, second) == b"second"


def test_a_generation_that_is_gone_is_missing(ground: Ground) -> None:
    generation = ground.upload(ground.inbox, "a", b"1")
    ground.delete(ground.inbox, "a", generation)

    with pytest.raises(MissingError):
        streamed(ground.objects, ground.inbox, "a", generation)
    with pytest.raises(MissingError):
        ground.objects.copy((ground.inbox, "a", generation), (ground.work, "b"))


def test_what_a_sink_raises_passes_through(ground: Ground) -> None:
    class EnoughError(Exception):
        pass

    def sink(data: bytes) -> None:
        raise EnoughError

    generation = ground.upload(ground.inbox, "a", b"1" * 100_000)

    with pytest.raises(EnoughError):
        ground.objects.stream(ground.inbox, "a", generation, sink)


def test_a_copy_is_of_the_pinned_generation_and_made_once(ground: Ground) -> None:
    first = ground.upload(ground.inbox, "a", b"1")
    second = ground.upload(ground.inbox, "a", b"2")

    made = ground.objects.copy((ground.inbox, "a", first), (ground.work, "b"))

    assert ground.objects.read(ground.work, "b") == (b"1", made.generation)
    with pytest.raises(ConflictError):
        ground.objects.copy((ground.inbox, "a", second), (ground.work, "b"))
    assert ground.objects.info(ground.work, "b").crc32c == made.crc32c
    assert made.crc32c
