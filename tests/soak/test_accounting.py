"""The account finds each thing that must not be, and nothing where all is right."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.drops import Drop
from shared.messages import event_id, event_type, pointer_name
from tests.soak import accounting
from tests.soak.files import GOOD, IGNORED, File
from tests.soak.found import Dropped, Found
from tests.soak.receiving import Message


def dropped(name: str, *, kind: str = GOOD, gone: bool = False) -> Dropped:
    drop = Drop(
        bucket="inbox",
        name=name,
        generation=17,
        size=100,
        crc32c="AAAAAA==",
        dropped_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    return Dropped(
        drop=drop, file=File(name=name, kind=kind, mark="m", rows=3), gone=gone
    )


RAN, BAD = dropped("demo/ran.jsonl"), dropped("demo/bad.jsonl", kind="not_json")
PUT_ASIDE = dropped("demo/x.txt", kind=IGNORED)
JOB = "projects/1/locations/global/batchPredictionJobs/5"
ID, BAD_ID = RAN.drop.drop_id, BAD.drop.drop_id
OUTCOME_ID = event_id(ID, event_type("completed"))


def message(each: Dropped, outcome: str, reason: str, **said: Any) -> Message:
    told: dict[str, Any] = {
        "outcome": outcome,
        "jobs": [],
        "counts": None,
        "output_uri": f"gs://results/demo/{each.drop.drop_id}/",
        "crc32c": "BBBBBB==",
    }
    return Message(
        event_type=event_type(outcome), reason=reason, crc32c="", said=told | said
    )


def all_right() -> Found:
    ended = message(
        RAN,
        "completed",
        "",
        jobs=[{"name": JOB, "state": "JOB_STATE_SUCCEEDED"}],
        counts={"rows": 3, "succeeded": 3, "failed": 0, "missing": 0},
    )
    late = message(RAN, "late", "paused")
    rejected = message(BAD, "rejected", "not_json")
    return Found(
        drops={each.drop.drop_id: each for each in (RAN, BAD, PUT_ASIDE)},
        messages={
            ID: {
                OUTCOME_ID: ended,
                event_id(ID, event_type("late"), "paused"): late,
            },
            BAD_ID: {event_id(BAD_ID, event_type("rejected")): rejected},
        },
        jobs=[job()],
        records={ID: "published", BAD_ID: "published"},
        work={f"{ID}/s0a1.jsonl": "AAAAAA=="},
        results={
            f"demo/{ID}/drop.json": "BBBBBB==",
            f"demo/{ID}/raw/s0a1/prediction-x/predictions.jsonl": "CCCCCC==",
            f"demo/{BAD_ID}/drop.json": "BBBBBB==",
            f"demo/{BAD_ID}/report.json": "DDDDDD==",
            pointer_name(RAN.drop): "EEEEEE==",
            pointer_name(BAD.drop): "FFFFFF==",
        },
    )


def job(key: str = f"{ID}-s0a1") -> dict[str, Any]:
    return {
        "name": JOB,
        "state": "JOB_STATE_SUCCEEDED",
        "labels": {"dropbatch_job_key": key},
        "completionStats": {"successfulCount": "3"},
    }


def test_nothing_is_found_where_all_is_right() -> None:
    assert accounting.wrongs(all_right()) == []


def end(found: Found) -> Message:
    return found.messages[ID][OUTCOME_ID]


def lose(found: Found) -> None:
    found.messages = {BAD_ID: found.messages[BAD_ID]}


def end_twice(found: Found) -> None:
    other = message(RAN, "failed", "job_failed")
    its_id = event_id(ID, event_type("failed"))
    found.messages = found.messages | {ID: {**found.messages[ID], its_id: other}}


def draw_another_id(found: Found) -> None:
    found.messages = found.messages | {ID: {"another": end(found)}}


def set_aside(found: Found) -> None:
    its_id = event_id(ID, event_type("late"), "set_aside")
    aside = message(RAN, "late", "set_aside")
    found.messages = found.messages | {ID: {**found.messages[ID], its_id: aside}}


def announce_what_was_ignored(found: Found) -> None:
    found.messages = {**found.messages, PUT_ASIDE.drop.drop_id: {}}


def let_a_bad_file_be_billed(found: Found) -> None:
    found.jobs.append(job(f"{BAD_ID}-s0a1"))


def supersede_what_is_there(found: Found) -> None:
    end(found).said["outcome"], end(found).reason = "rejected", "superseded"


WRONG: dict[str, Callable[[Found], Any]] = {
    "lost": lose,
    "ended 2 times": end_twice,
    "is not its own": draw_another_id,
    "was set aside": set_aside,
    "announced, and is no drop": announce_what_was_ignored,
    "billed 2 times": lambda found: found.jobs.append(job()),
    "billed, and can't run": let_a_bad_file_be_billed,
    "which is no drop's": lambda found: found.jobs.append(job("somebody's")),
    "tells of the jobs": lambda found: end(found).said.update(jobs=[]),
    "its message says": lambda found: found.jobs[0].update(state="JOB_STATE_FAILED"),
    "3 rows were dropped": lambda found: end(found).said["counts"].update(rows=2),
    "don't add up": lambda found: end(found).said["counts"].update(missing=1),
    "its job {": lambda found: found.jobs[0].update(
        completionStats={"successfulCount": "2"}
    ),
    "('rejected', 'superseded')": supersede_what_is_there,
    "still open": lambda found: found.open.append(f"open/a/{ID}"),
    "has no record": lambda found: found.records.pop(ID),
    "has a record, and is no drop": lambda found: found.records.update(f="published"),
    "is left submitting": lambda found: found.records.update({ID: "submitting"}),
    "state: odd is stray": lambda found: found.stray.append("odd"),
    "work: odd is stray": lambda found: found.work.update(odd=""),
    "is not what was dropped": lambda found: found.work.update(
        {f"{ID}/s0a1.jsonl": "other"}
    ),
    "results: odd is stray": lambda found: found.results.update(odd=""),
    "is missing": lambda found: found.results.pop(pointer_name(RAN.drop)),
    "is not what was announced": lambda found: found.results.update(
        {f"demo/{ID}/drop.json": "other"}
    ),
    "nobody dropped": lambda found: found.strangers.append("demo/odd"),
    "KeyError escaped": lambda found: found.logged.unexpected.update(["KeyError"]),
    "twin_cancelled": lambda found: found.logged.events.update(["twin_cancelled"]),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_must_not_be_is_found(said: str) -> None:
    found = copy.deepcopy(all_right())

    WRONG[said](found)

    assert any(said in wrong for wrong in accounting.wrongs(found))


def forget(found: Found) -> None:
    lose(found)
    found.jobs.clear()
    found.work.clear()
    found.records.pop(ID)
    bad = f"demo/{BAD_ID}/", pointer_name(BAD.drop)
    found.results = {n: s for n, s in found.results.items() if n.startswith(bad)}


def test_nobody_hears_of_what_is_deleted_for_ever_before_a_sweep() -> None:
    found = all_right()
    forget(found)
    found.drops[ID] = dropped("demo/ran.jsonl", gone=True)
    assert any("lost" in wrong for wrong in accounting.wrongs(found))

    found.lost[RAN.drop.name] += 1

    assert accounting.wrongs(found) == []
    assert found.unheard_of == {ID}


def test_what_is_still_there_is_found_by_a_sweep() -> None:
    found = all_right()
    forget(found)
    found.lost[RAN.drop.name] += 1

    assert any("lost" in wrong for wrong in accounting.wrongs(found))
    assert found.unheard_of == set()


def test_what_was_heard_of_has_to_end_even_if_it_is_gone() -> None:
    found = all_right()
    forget(found)
    found.drops[ID] = dropped("demo/ran.jsonl", gone=True)
    found.lost[RAN.drop.name] += 1
    found.records[ID] = "claimed"

    assert any("lost" in wrong for wrong in accounting.wrongs(found))


def test_the_lost_events_of_drops_are_counted() -> None:
    found = all_right()
    found.lost.update([RAN.drop.name, RAN.drop.name, PUT_ASIDE.drop.name])

    assert found.events_lost == 2


def test_a_generation_that_is_gone_for_ever_may_have_been_superseded() -> None:
    found = all_right()
    found.drops[ID] = dropped("demo/ran.jsonl", gone=True)
    rejected = message(RAN, "rejected", "superseded")
    its_id = event_id(ID, event_type("rejected"))
    found.messages = found.messages | {ID: {its_id: rejected}}
    found.jobs.clear()
    found.results[f"demo/{ID}/report.json"] = "DDDDDD=="

    assert accounting.wrongs(found) == []
