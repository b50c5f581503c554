"""The main job on the fakes: from a drop to its message."""

import json

import pytest

from shared.messages import event_id
from tests.fakes import ROW, FakeCloud
from tests.faults import Crash
from tests.moments import message
from tests.schemas import check_report


def test_a_drop_becomes_one_job_and_one_message() -> None:
    cloud = FakeCloud()
    drop = cloud.drop(ROW * 3)

    cloud.submit(drop)
    cloud.batches.finish(successful=3)
    cloud.poll()

    (request,) = cloud.batches.requests
    assert request.input_uri == f"gs://work/{drop.drop_id}/s0a1.jsonl"
    assert request.output_uri_prefix == f"gs://results/in/{drop.drop_id}/raw/s0a1/"
    assert request.labels == {
        "dropbatch_deployment": "test",
        "dropbatch_job_key": f"{drop.drop_id}-s0a1",
    }
    assert cloud.objects.content("work", f"{drop.drop_id}/s0a1.jsonl") == ROW * 3
    said = message(cloud)
    assert said["outcome"] == "completed"
    assert said["output_uri"] == f"gs://results/in/{drop.drop_id}/"
    assert said["counts"] == {
        "rows": 3,
        "succeeded": 3,
        "failed": 0,
        "blocked": None,
        "truncated": None,
        "missing": 0,
    }
    assert said["counts_source"] == "vertex"
    assert cloud.open() == []


def test_the_results_folder_says_what_the_message_says() -> None:
    cloud = FakeCloud()
    drop = cloud.drop(name="in/ä b.jsonl")

    cloud.submit(drop)
    cloud.until_quiet()

    data, _ = cloud.announcements.published[0]
    assert cloud.objects.content("results", f"in/{drop.drop_id}/drop.json") == data
    pointer = f"by-name/in%2F%C3%A4%20b.jsonl/{drop.generation}.json"
    led_to = json.loads(cloud.objects.content("results", pointer))
    assert led_to["output_uri"] == json.loads(data)["output_uri"]


def test_the_event_id_is_a_function_of_drop_and_type() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()

    cloud.submit(drop)
    cloud.until_quiet()

    _, attributes = cloud.announcements.published[0]
    assert attributes["ce-id"] == event_id(drop.drop_id, attributes["ce-type"])
    assert attributes["ce-source"] == "/projects/p/dropbatch/test"


def test_the_same_event_again_does_nothing() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()

    for _ in range(3):
        cloud.submit(drop)
    cloud.until_quiet()
    cloud.submit(drop)
    cloud.until_quiet()

    assert len(cloud.batches.requests) == 1
    assert len(cloud.announcements.published) == 1


def test_an_overwrite_is_another_drop_and_both_run_what_was_dropped() -> None:
    cloud = FakeCloud()
    first = cloud.drop(ROW)
    second = cloud.drop(ROW * 2)

    cloud.submit(second)
    cloud.submit(first)
    cloud.until_quiet()

    staged = {
        name: cloud.objects.content("work", name)
        for name in cloud.objects.names("work")
    }
    assert staged == {
        f"{first.drop_id}/s0a1.jsonl": ROW,
        f"{second.drop_id}/s0a1.jsonl": ROW * 2,
    }
    assert len(cloud.announcements.published) == 2


def test_a_generation_that_is_gone_is_superseded() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.objects.remove("inbox", drop.name, for_ever=True)

    cloud.submit(drop)
    cloud.until_quiet()

    assert message(cloud)["reason"] == "superseded"
    assert cloud.batches.requests == []


def test_a_deleted_file_still_runs_while_its_generation_is_kept() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.objects.remove("inbox", drop.name)

    cloud.submit(drop)
    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"


def test_a_staged_copy_runs_although_the_inbox_has_lost_the_generation() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    copied = next(
        n for n, name in enumerate(_calls_of_a_submit()) if name == "objects.copy work"
    )
    cloud.faults.crash_after = copied
    with pytest.raises(Crash):
        cloud.submit(drop)
    cloud.objects.remove("inbox", drop.name, for_ever=True)

    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"


def _calls_of_a_submit() -> list[str]:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    return cloud.faults.calls


def test_a_rejected_file_is_reported_line_by_line_and_never_billed() -> None:
    cloud = FakeCloud()
    drop = cloud.drop(ROW + b"{}\n" + b"}\n")

    cloud.submit(drop)
    cloud.until_quiet()

    said = message(cloud)
    assert (said["outcome"], said["reason"]) == ("rejected", "no_request")
    report = check_report(
        cloud.objects.content("results", f"in/{drop.drop_id}/report.json")
    )
    assert [(p["code"], p["line"], p["offset"]) for p in report["problems"]] == [
        ("no_request", 2, len(ROW)),
        ("not_json", 3, len(ROW) + 3),
    ]
    assert said["report_uri"] == f"gs://results/in/{drop.drop_id}/report.json"
    assert cloud.batches.requests == []
    assert cloud.objects.names("work") == []


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty_file", "the file is empty: drop one with rows"),
        (
            ROW + b"{}\n",
            "no_request",
            "line 2: the row has no 'request': put the Gemini request under it",
        ),
        (
            b'{"request":{"x":{}}}\n{}\n{}\n',
            "empty_struct",
            "line 1, $.request.x: the importer can't store an object without fields: "
            "leave it out (2 more in report.json)",
        ),
        (
            b"{}\n" * 509,
            "no_request",
            "line 1: the row has no 'request': put the Gemini request under it "
            "(508 more, 99 of them in report.json)",
        ),
    ],
)
def test_a_rejection_says_where_the_first_problem_is_and_how_many_more_there_are(
    content: bytes, code: str, words: str
) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(content))

    cloud.until_quiet()

    said = message(cloud)["error"]
    assert said == {"code": code, "message": words, "retryable": False}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("in/folder/", "folder"),
        ("in/a.txt", "suffix"),
        ("elsewhere/a.jsonl", "no_route"),
    ],
)
def test_what_is_ignored_leaves_one_line_and_nothing_else(
    name: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = FakeCloud()
    drop = cloud.drop(name=name)

    cloud.submit(drop)

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["event"] == "ignored"
    assert json.loads(line)["reason"] == reason
    assert cloud.faults.calls == []
