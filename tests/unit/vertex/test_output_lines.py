"""
What stands in a line of output.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from localcloud.vertex.jobs.scripts import RowFault
from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage
from tests.unit.vertex.row_work import RowWork, jsonl, outcome, text_row

KNOBS = Knobs()


def test_a_line_looks_like_the_services(tmp_path: Path) -> None:
    (line,) = outcome(tmp_path, text_row("Say it in one word", key="row-1", other=7))
    assert list(line) == [
        "key",
        "other",
        "status",
        "processed_time",
        "request",
        "response",
    ]
    assert (line["key"], line["other"], line["status"]) == ("row-1", 7, "")
    micros = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(micros + r"\+00:00", line["processed_time"])
    response = line["response"]
    assert list(response) == [
        "candidates",
        "createTime",
        "modelVersion",
        "responseId",
        "usageMetadata",
    ]
    assert re.fullmatch(micros + r"\d{3}Z", response["createTime"])
    assert response["modelVersion"] == "gemini-2.5-flash"
    (candidate,) = response["candidates"]
    assert candidate["finishReason"] == "STOP"
    assert candidate["avgLogprobs"] < 0
    assert candidate["content"]["role"] == "model"
    assert candidate["content"]["parts"][0]["text"].startswith(
        "[simulated gemini-2.5-flash] "
    )
    usage = response["usageMetadata"]
    assert usage["promptTokensDetails"] == [{"modality": "TEXT", "tokenCount": 5}]
    assert usage["totalTokenCount"] == (
        usage["promptTokenCount"] + usage["candidatesTokenCount"]
    )
    assert usage["trafficType"] == "ON_DEMAND"


def test_a_failed_row_is_a_line_with_a_status_among_the_others(tmp_path: Path) -> None:
    bad = {"request": {"contents": [{"role": "tester", "parts": [{"text": "x"}]}]}}
    lines = outcome(tmp_path, {"key": "bad", **bad}, text_row("fine", key="good"))
    failed = next(line for line in lines if line["key"] == "bad")
    assert failed["status"] == (
        'Bad Request: {"error": {"code": 400, "message": "Please use a valid role: '
        'user, model.", "status": "INVALID_ARGUMENT"}}'
    )
    assert failed["response"] == {}
    assert failed["request"] == bad["request"]


def test_a_failed_row_may_have_no_response_at_all(tmp_path: Path) -> None:
    knobs = replace(KNOBS, failed_response="absent")
    bad = {"request": {"contents": [{"role": "x", "parts": [{"text": "x"}]}]}}
    (line,) = outcome(tmp_path, bad, knobs=knobs)
    assert "response" not in line


@pytest.mark.parametrize(
    ("prefix", "begin"),
    [
        ("reason", "Too Many Requests: {"),
        ("bad_request", "Bad Request: {"),
        ("none", "{"),
    ],
)
def test_a_failed_rows_status_begins_as_the_knob_says(
    tmp_path: Path, prefix: Literal["reason", "bad_request", "none"], begin: str
) -> None:
    work = RowWork(
        tmp_path,
        MemoryStorage({"in.jsonl": jsonl(text_row("x"))}),
        replace(KNOBS, row_status_prefix=prefix),
        faults=(RowFault(share=1.0),),
    )
    work.imported()
    work.ran()
    (line,) = work.lines()
    assert line["status"].startswith(begin)
    error = json.loads("{" + line["status"].partition("{")[2])["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")


def test_the_model_version_may_have_a_suffix(tmp_path: Path) -> None:
    knobs = replace(KNOBS, model_version_suffix="@default")
    (line,) = outcome(tmp_path, text_row("x"), knobs=knobs)
    assert line["response"]["modelVersion"] == "gemini-2.5-flash@default"


def test_an_echoed_request_went_through_the_importer(tmp_path: Path) -> None:
    media = {
        "role": "user",
        "parts": [
            {"text": "Look"},
            {"fileData": {"mimeType": "video/mp4", "fileUri": "https://youtu.be/x"}},
        ],
    }
    rows = (
        {"key": "a", "request": {"labels": {"team": "a"}, "contents": [media]}},
        text_row("Hello", key="b"),
    )
    by_key = {line["key"]: line for line in outcome(tmp_path, *rows)}
    echoed = json.dumps(by_key["a"]["request"])
    # Keys in alphabetical order, and null for what other parts and rows have.
    file = '{"fileUri": "https://youtu.be/x", "mimeType": "video/mp4"}'
    parts = (
        f'[{{"fileData": null, "text": "Look"}}, {{"fileData": {file}, "text": null}}]'
    )
    assert echoed == (
        f'{{"contents": [{{"parts": {parts}, "role": "user"}}], '
        '"labels": {"team": "a"}}'
    )
    assert by_key["b"]["request"]["labels"] is None
    assert by_key["b"]["request"]["contents"][0]["parts"] == [
        {"fileData": None, "text": "Hello"}
    ]


def test_an_echoed_request_may_be_left_as_it_was(tmp_path: Path) -> None:
    knobs = replace(KNOBS, echo_nulls=False, echo_sorted=False)
    rows = (text_row("a", key="a"), {"key": "b", **text_row("b")})
    rows[0]["request"]["labels"] = {"z": "1", "a": "2"}
    for line in outcome(tmp_path, *rows, knobs=knobs):
        row = next(row for row in rows if row["key"] == line["key"])
        assert json.dumps(line["request"]) == json.dumps(row["request"])


def test_ids_of_digits_may_come_back_as_numbers(tmp_path: Path) -> None:
    rows = (text_row("a", key="000007", id="1"), text_row("b", key="12", id="x"))
    knobs = replace(KNOBS, coerce_numeric_ids=True)
    lines = outcome(tmp_path / "1", *rows, knobs=knobs)
    assert {(line["key"], line["id"]) for line in lines} == {(7, "1"), (12, "x")}
    assert {line["key"] for line in outcome(tmp_path / "2", *rows)} == {"000007", "12"}


def test_a_request_may_be_json_in_a_text(tmp_path: Path) -> None:
    good = json.dumps(text_row("Hello")["request"])
    lines = outcome(
        tmp_path, {"key": "a", "request": good}, {"key": "b", "request": "{"}
    )
    by_key = {line["key"]: line for line in lines}
    assert by_key["a"]["status"] == ""
    assert by_key["a"]["request"] == good
    assert "Invalid JSON payload" in by_key["b"]["status"]


def test_progress_counts_the_failed_rows_among_the_first(tmp_path: Path) -> None:
    rows = [
        text_row(f"{n}", key=n)
        if n % 3
        else {"key": n, "request": {"contents": [{"role": "x", "parts": []}]}}
        for n in range(60)
    ]
    work = RowWork(tmp_path, MemoryStorage({"in.jsonl": jsonl(*rows)}))
    work.imported()
    work.ran()
    failed = [line["status"] != "" for line in work.lines()]
    for first in range(61):
        assert work.output.failed(first) == sum(failed[:first])


def test_media_that_cannot_be_read_fails_its_rows_only(tmp_path: Path) -> None:
    def with_file(name: str) -> dict[str, Any]:
        file = {"fileUri": f"gs://{BUCKET}/{name}", "mimeType": "image/png"}
        parts = [{"text": "See"}, {"fileData": file}]
        return {
            "key": name,
            "request": {"contents": [{"role": "user", "parts": parts}]},
        }

    names = ["here.png", "gone.png", "secret.png", "broken.png"]
    rows = [with_file(name) for name in names]
    storage = MemoryStorage({"here.png": b"x", "in.jsonl": jsonl(*rows, *rows[:2])})
    storage.denied.add("secret.png")
    storage.broken.add("broken.png")
    work = RowWork(tmp_path, storage)
    work.imported()
    work.ran()
    by_key = {line["key"]: line for line in work.lines()}

    assert by_key["here.png"]["status"] == ""
    usage = by_key["here.png"]["response"]["usageMetadata"]
    assert {"modality": "IMAGE", "tokenCount": 258} in usage["promptTokensDetails"]
    assert by_key["gone.png"]["status"].startswith(
        'Bad Request: {"error": {"code": 400'
    )
    assert f"gs://{BUCKET}/gone.png" in by_key["gone.png"]["status"]
    assert "storage.objects.get" in by_key["secret.png"]["status"]
    assert by_key["broken.png"]["status"].startswith("Service Unavailable: ")
    # Each file was looked up once, however many rows have it.
    assert storage.asked.count("here.png") == storage.asked.count("gone.png") == 1


def test_nulls_are_left_out_where_fields_are_very_many(tmp_path: Path) -> None:
    """
    A file whose rows have fields of their own comes back in its own size.
    """
    rows = []
    for number in range(300):
        row = text_row(f"{number}", key=number)
        row["request"]["labels"] = {f"label{number}": "x"}
        rows.append(row)
    for line in outcome(tmp_path, *rows):
        assert line["request"]["labels"] == {f"label{line['key']}": "x"}
