"""What a soak reads of logs and memory, and what it makes of both."""

import json
from pathlib import Path

from tests.soak.injected import Injected
from tests.soak.logs import Logged
from tests.soak.memory import Life, memory_of, wrongs
from tests.soak.receiving import Received
from tests.soak.running import Report

_TRACEBACK = """\
Traceback (most recent call last):
  File "storage.py", line 1, in write
requests.exceptions.ConnectionError: reset

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "handler.py", line 1, in handle
{error}: words
"""


def test_only_the_error_that_escaped_is_judged() -> None:
    logged = Logged()
    logged.read(_TRACEBACK.format(error="shared.errors.ServiceError").splitlines(True))
    assert not logged.unexpected

    logged.read(_TRACEBACK.format(error="KeyError").splitlines(True))
    assert dict(logged.unexpected) == {"KeyError": 1}


def test_a_drop_that_can_not_be_driven_for_a_bug_is_seen() -> None:
    logged = Logged()
    for error in ("ServiceError", "TypeError"):
        logged.read([json.dumps({"event": "drive_failed", "error": error}) + "\n"])

    assert dict(logged.unexpected) == {"TypeError": 1}
    assert logged.events["drive_failed"] == 2


def test_the_drops_that_a_sweep_claimed_are_told_apart() -> None:
    logged = Logged()
    for drop_id in ("a", "b", "b"):
        line = json.dumps({"event": "backstop_claimed", "drop_id": drop_id})
        logged.read([line + "\n"])

    assert logged.found_by_looks == {"a", "b"}


def test_what_was_injected_is_counted_as_its_log_grows(tmp_path: Path) -> None:
    injected = Injected(log=tmp_path / "faults.log")
    assert injected.look() == 0

    line = json.dumps({"name": "storage-flaky"}) + "\n"
    injected.log.write_text(line + line[:5])
    assert injected.look() == 1

    injected.log.write_text(line + line)
    assert injected.look() == 2
    assert dict(injected.counts) == {"storage-flaky": 2}


def test_the_names_are_kept_of_the_files_whose_events_were_lost(
    tmp_path: Path,
) -> None:
    injected = Injected(log=tmp_path / "faults.log")
    told = {"name": "events-lost", "resource": "projects/_/buckets/b/objects/a/b c"}
    late = told | {"name": "events-late", "happens": {"messages": 1}}
    lost = told | {"happens": {"messages": 0}}
    injected.log.write_text("".join(json.dumps(each) + "\n" for each in (late, lost)))

    injected.look()

    assert dict(injected.lost) == {"a/b c": 1}


def life_of(looks: list[float], setting_up: int = 0) -> Life:
    life = Life(logged=7)
    for index, mib in enumerate(looks):
        life.look(mib, logged=7 if index < setting_up else 8)
    return life


def test_what_leaks_fails_the_soak_and_what_settles_does_not() -> None:
    settles = memory_of([life_of([60.0] * 3 + [120.0] * 57)])
    leaks = memory_of([life_of([60.0 + second for second in range(60)])])

    assert wrongs({"submit_job": settles}) == []
    assert wrongs({"submit_job": leaks})


def test_what_settles_passes_however_much_of_its_life_it_was_being_set_up() -> None:
    for seconds in range(1, 61):
        for setting_up in range(seconds + 1):
            looks = [60.0] * setting_up + [120.0] * (seconds - setting_up)
            took = memory_of([life_of(looks, setting_up)])
            assert wrongs({"submit_job": took}) == []
            assert (took.growth is None) == (seconds - setting_up < 15)


def test_what_leaks_once_it_is_set_up_fails_the_soak() -> None:
    looks = [60.0] * 30 + [120.0 + 2 * second for second in range(15)]

    assert wrongs({"poll_jobs": memory_of([life_of([60.0]), life_of(looks, 30)])})


def test_what_takes_more_than_a_function_has_fails_the_soak() -> None:
    assert wrongs({"poll_jobs": memory_of([life_of([257.0])])})
    assert wrongs({"poll_jobs": memory_of([life_of([257.0], 1)])})


def test_a_report_can_be_read_by_a_program() -> None:
    report = Report(
        seed=7, seconds=1.5, memory={"poll_jobs": memory_of([life_of([90.0])])}
    )
    report.injected["storage-flaky"] += 2

    told = json.loads(report.as_json())

    assert told["injected"] == {"storage-flaky": 2}
    assert told["memory"] == {"poll_jobs": {"most": 90.0, "growth": None}}


def test_a_message_that_fits_no_schema_is_told() -> None:
    received = Received()
    received.take(json.dumps({"data": "{}", "attributes": {}, "message_id": "1"}))

    assert received.wrong
