"""
What the port promises while Cloud Storage is as it really is, one suite for the fake
under its weather and for the real client against the server: so the weather can't
drift from what the client makes of it.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from shared.errors import ConflictError, ForbiddenError, MissingError
from tests.contract.objects_acts import ACTS, names, prepared, streamed
from tests.contract.objects_weather import FakeGround, Ground, real_ground
from tests.storage_weather import Trouble

pytestmark = pytest.mark.filterwarnings(
    # Of connections that the client leaves open: see `refused_downloads`.
    "ignore:unclosed:ResourceWarning"
)


@pytest.fixture(params=["fake", "real"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if request.param == "fake":
        yield FakeGround()
        return
    with real_ground(tmp_path) as real:
        yield real


@pytest.fixture(params=["fake", "real"])
def slow_ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """One write a second of each name."""
    if request.param == "fake":
        yield FakeGround()
        return
    with real_ground(tmp_path, writes_per_second=1) as real:
        yield real


def made(ground: Ground, names: str) -> None:
    for name in names:
        ground.objects.write(ground.state, name, b"", if_generation=0)


@pytest.mark.parametrize("count", [0, 2, 3, 4, 6, 7])
def test_a_list_is_whole_however_many_pages_it_has(ground: Ground, count: int) -> None:
    made(ground, "gfedcba"[:count])

    assert names(ground, ground.state) == sorted("gfedcba"[:count])


def test_each_page_of_a_list_shows_what_is_there_in_its_moment(ground: Ground) -> None:
    made(ground, "abdefg")
    listed = ground.objects.list(ground.state, "")
    shown = [info.name for info in islice(listed, 3)]

    made(ground, "ch")
    for name in "bf":
        generation = ground.objects.info(ground.state, name).generation
        ground.objects.delete(ground.state, name, if_generation=generation)
    shown += [info.name for info in listed]

    # What came before the place that the list had reached is not seen any more.
    assert shown == ["a", "b", "d", "e", "g", "h"]


def test_versions_and_what_is_soft_deleted_are_in_no_list(ground: Ground) -> None:
    for content in (b"1", b"2"):
        ground.upload("twice", content)
    ground.upload("deleted", b"1")
    ground.delete("deleted")
    first = ground.objects.write(ground.state, "twice", b"1", if_generation=0)
    ground.objects.write(ground.state, "twice", b"2", if_generation=first.generation)
    gone = ground.objects.write(ground.state, "gone", b"1", if_generation=0)
    ground.objects.delete(ground.state, "gone", if_generation=gone.generation)

    assert names(ground, ground.inbox) == ["twice"]
    assert names(ground, ground.state) == ["twice"]
    for bucket, name in ((ground.inbox, "deleted"), (ground.state, "gone")):
        with pytest.raises(MissingError):
            ground.objects.info(bucket, name)


def test_what_was_soft_deleted_comes_back_as_another_generation(
    ground: Ground,
) -> None:
    first = ground.upload("a", b"1")
    ground.delete_for_ever("a", first)

    second = ground.restore("a", first)

    assert second > first
    assert streamed(ground.objects, ground.inbox, "a", second) == b"1"
    with pytest.raises(MissingError):
        streamed(ground.objects, ground.inbox, "a", first)


def test_what_vanishes_between_its_check_and_its_copy_is_not_copied(
    ground: Ground,
) -> None:
    generation = ground.upload("a", b"1")
    assert streamed(ground.objects, ground.inbox, "a", generation) == b"1"
    ground.delete_for_ever("a", generation)

    with pytest.raises(MissingError):
        ground.objects.copy((ground.inbox, "a", generation), (ground.work, "b"))
    assert names(ground, ground.work) == []


NEVER = 1


@pytest.mark.parametrize("act", sorted(ACTS.keys() - {"list", "write"}))
def test_to_who_may_not_list_what_is_missing_is_forbidden(
    ground: Ground, act: str
) -> None:
    ground.blind()

    with pytest.raises(ForbiddenError):
        ACTS[act](ground, "a", NEVER)


def test_but_it_can_be_written_all_the_same(ground: Ground) -> None:
    ground.blind()

    written = ACTS["write"](ground, "a", 0)

    assert ground.objects.read(ground.state, "a") == (b"new", generation_of(written))
    assert names(ground, ground.state) == ["a"]


def generation_of(info: object) -> int:
    generation: int = getattr(info, "generation")  # noqa: B009  # of an `object`
    return generation


@pytest.mark.parametrize("act", ACTS)
def test_429_and_503_make_a_call_late(ground: Ground, act: str) -> None:
    generation = prepared(ground, act)
    ground.meet(Trouble.LATE)

    ACTS[act](ground, "a", generation)

    assert was_done(ground, act)


def was_done(ground: Ground, act: str) -> bool:
    match act:
        case "write":
            return ground.objects.read(ground.state, "a")[0] == b"new"
        case "annotate":
            return ground.objects.info(ground.state, "a").metadata == {"x": "new"}
        case "delete":
            return names(ground, ground.state) == []
        case "copy":
            return names(ground, ground.work) == ["a"]
    return True


LOST: dict[str, type[Exception] | None] = {
    # Its own success is in the way of the repeat.
    "write": ConflictError,
    "copy": ConflictError,
    "delete": MissingError,
    "annotate": None,
}


@pytest.mark.parametrize("act", LOST)
def test_a_repeat_is_told_of_what_the_call_has_done(ground: Ground, act: str) -> None:
    generation = prepared(ground, act)
    ground.meet(Trouble.LOST)

    if error := LOST[act]:
        with pytest.raises(error):
            ACTS[act](ground, "a", generation)
    else:
        ACTS[act](ground, "a", generation)

    assert was_done(ground, act)


@pytest.mark.parametrize("act", ["write", "annotate", "delete"])
def test_a_write_that_comes_too_soon_is_late_and_done_once(
    slow_ground: Ground, act: str
) -> None:
    began = slow_ground.seconds()
    generation = prepared(slow_ground, act)

    ACTS[act](slow_ground, "a", generation)

    # A hair less: the server's clock and this one are read at different moments.
    assert slow_ground.seconds() - began > 0.95
    assert was_done(slow_ground, act)
