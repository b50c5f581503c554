"""The note of a route that is missing, damaged, of newer code, or can not be read."""

from collections.abc import Callable

from shared.errors import ForbiddenError, ServiceError
from shared.route_notes import decode_note, note_name
from tests.fakes import ROW, FakeCloud
from tests.moments import at_call, fail_every, record

_ROUTES = '[{"prefix": "in/", "model": "m"}]'
_CAPPED = _ROUTES.replace('"m"', '"m", "limits": {"rows_per_day": 10}')


def test_who_may_not_list_takes_a_word_that_is_forbidden_for_one_that_is_missing() -> (
    None
):
    """So Cloud Storage tells `submit_job` of an object that is not there."""
    cloud = FakeCloud(routes=_ROUTES)
    fail_every(cloud, "objects.read state", ForbiddenError("403"))
    cloud.submit(cloud.drop(ROW))

    assert len(cloud.batches.requests) == 1


def test_a_word_that_can_not_be_read_says_wait() -> None:
    cloud = FakeCloud(routes=_ROUTES)
    read = "objects.read state"
    at_call(cloud, read, lambda: cloud.faults.fail.update(_next(cloud)))

    cloud.submit(cloud.drop(ROW))
    assert cloud.batches.requests == []
    cloud.poll()

    assert len(cloud.batches.requests) == 1


def _next(cloud: FakeCloud) -> dict[int, Callable[[], Exception]]:
    return {len(cloud.faults.calls) - 1: lambda: ServiceError("503")}


def test_a_damaged_word_lets_nothing_more_run_today_and_is_mended() -> None:
    cloud = FakeCloud(routes=_CAPPED)
    name = note_name("in/")
    cloud.objects.put("state", name, b'{"schema": 1, "rows": "many"')

    cloud.submit(cloud.drop(ROW))
    cloud.poll()
    assert cloud.batches.requests == []
    mended = decode_note(cloud.objects.content("state", name), "in/")
    assert mended.rows > 10

    cloud.wait(86_400)
    cloud.poll()
    assert len(cloud.batches.requests) == 1


def test_the_word_of_newer_code_is_left_alone() -> None:
    cloud = FakeCloud(routes=_CAPPED)
    name = note_name("in/")
    cloud.objects.put("state", name, b'{"schema": 2}')

    cloud.submit(cloud.drop(ROW))
    cloud.poll()

    assert cloud.batches.requests == []
    assert cloud.objects.content("state", name) == b'{"schema": 2}'


def test_a_note_of_newer_code_holds_its_route_and_sets_nothing_aside() -> None:
    cloud = FakeCloud(routes=_CAPPED, set_aside_tries="1")
    drop = cloud.drop(ROW)
    cloud.submit(drop)
    note = cloud.objects.content("state", note_name("in/"))
    newer = note.replace(b'"schema":1', b'"schema":2')
    cloud.objects.put("state", note_name("in/"), newer)

    for _ in range(20):
        cloud.wait(60)
        cloud.poll()

    assert record(cloud, drop.drop_id).state == "held"
