"""`dropbatch demo`, as a person or a build runs it."""

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.pipeline import rows
from tests.running_cloud import DROPBATCH, processes_of, wait_until

STEPS = [
    "claimed",
    "staged",
    "job created",
    "PENDING",
    "RUNNING",
    "SUCCEEDED",
    "announced",
]


def demo(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *(DROPBATCH, "demo", "--data", str(folder / "data")),
            *("--results", str(folder / "results"), *arguments),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_bundled_demo_shows_every_step_and_the_answers(tmp_path: Path) -> None:
    done = demo(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    shown = [
        step
        for line in done.stdout.splitlines()
        for step in STEPS
        if f" s  {step} " in f"{line} "
    ]
    assert list(dict.fromkeys(shown)) == STEPS
    assert re.search(r"RUNNING +\d+/314 rows", done.stdout)
    assert '"output_uri": "gs://dropbatch-local-results/demo/' in done.stdout
    (copy,) = (tmp_path / "results").rglob("predictions.jsonl")
    answers = [json.loads(line) for line in copy.read_text().splitlines()]
    assert len(answers) == 314
    assert all(answer["status"] == "" for answer in answers)
    assert str(copy) in done.stdout
    assert answers[0]["key"] in done.stdout
    assert processes_of(tmp_path) == []


def test_a_file_of_ones_own_runs_with_its_media_allowed(tmp_path: Path) -> None:
    part = {"fileData": {"fileUri": "gs://my-photos/cat.jpg", "mimeType": "image/jpeg"}}
    row = {
        "request": {"contents": [{"role": "user", "parts": [part, {"text": "What?"}]}]}
    }
    file = tmp_path / "mine.jsonl"
    file.write_text(json.dumps(row) + "\n")

    done = demo(tmp_path, str(file))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Allowed for this run: gs://my-photos/" in done.stdout
    assert "stand-ins" in done.stdout
    assert '"outcome": "completed"' in done.stdout


def test_a_bad_file_of_ones_own_ends_with_its_report(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_bytes(rows(1) + b"{}\n")

    done = demo(tmp_path, str(file))

    assert done.returncode == 1
    assert '"reason": "no_request"' in done.stdout
    (report,) = (tmp_path / "results").rglob("report.json")
    assert json.loads(report.read_text())["problems"][0]["line"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such.jsonl"], "no-such.jsonl is no file"),
        (["--data", "/"], "/ holds something else than a local cloud's data"),
    ],
)
def test_what_can_not_be_run_is_said_in_one_line(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = demo(tmp_path, *arguments)

    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["a\nb.jsonl", os.fsdecode(b"a\xffb.jsonl")])
def test_a_name_that_no_object_may_have_is_said_in_one_line(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(rows(1))

    done = demo(tmp_path, str(tmp_path / name))

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"{name!a} can't be an object's name" in line
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("heard")
def test_on_a_terminal_the_steps_stand_still_and_ctrl_c_ends_it_all(
    tmp_path: Path,
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [DROPBATCH, "demo", "--data", str(tmp_path / "data")],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""

        def running() -> bool:
            nonlocal shown
            shown += os.read(ours, 65536)
            return b"RUNNING" in shown

        try:
            wait_until(running)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        finally:
            process.kill()
            os.close(ours)
    assert b"\x1b[" in shown
    assert processes_of(tmp_path) == []
