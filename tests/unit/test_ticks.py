"""What a tick asks for, and which record it leaves alone."""

import pytest

from shared.ledger import record_name
from tests.fakes import FakeCloud
from tests.moments import message


def test_an_idle_tick_is_one_call() -> None:
    cloud = FakeCloud()

    cloud.poll()

    assert cloud.faults.calls == ["objects.list state"]


def test_a_tick_reads_no_record_of_what_only_runs() -> None:
    cloud = FakeCloud()
    for number in range(5):
        cloud.submit(cloud.drop(name=f"in/{number}.jsonl"))
    cloud.faults.calls.clear()

    cloud.poll()

    assert cloud.faults.calls == ["objects.list state", "batches.active"]


def test_a_global_route_is_polled_where_its_jobs_are() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="world/a.jsonl"))

    cloud.until_quiet()

    assert cloud.batches.requests[0].location == "global"
    assert message(cloud)["location"] == "global"


def test_one_bad_record_stops_none_of_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    bad, good = cloud.drop(name="in/bad.jsonl"), cloud.drop(name="in/good.jsonl")
    cloud.submit(bad)
    cloud.submit(good)
    name = record_name(bad.drop_id)
    record = cloud.objects.content("state", name)
    cloud.objects.put("state", name, record.replace(b'"schema":2', b'"schema":3'))
    cloud.batches.finish()

    cloud.poll()

    assert message(cloud)["drop"]["id"] == good.drop_id
    assert cloud.objects.content("state", name).count(b'"schema":3') == 1
    assert '"drive_failed"' in capsys.readouterr().out


def test_a_forged_record_is_refused() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    name = record_name(drop.drop_id)
    record = cloud.objects.content("state", name)
    cloud.objects.put("state", name, record.replace(b"in/a.jsonl", b"in/b.jsonl"))
    cloud.batches.finish()

    assert cloud.poll().failed == 1
    assert cloud.announcements.published == []
