"""
Jobs whose rows are answered by something else than the simulation, whole: through the
worker process, and through its end.
"""

import asyncio
import json
import os
import signal
from collections import deque
from pathlib import Path
from typing import Any

import psutil
import pytest

from localcloud.vertex.responders.spec import ResponderError
from localcloud.vertex.vertex import Vertex
from tests.chat_server import chat_server
from tests.contract.vertex_bucket import Json, row
from tests.contract.vertex_server import QUICK, RunningVertex, running_vertex
from tests.everybody import allow_all
from tests.running_cloud import wait_until

ANSWER = """
import os, pathlib, sys, time

FOLDER = pathlib.Path(__file__).parent

def answer(request, context):
    print("printing is no order to anybody")
    assert sys.stdin.read() == ""
    with (FOLDER / "called").open("a") as called:
        called.write(f"{context.key}\\n")
    if context.key == 3:
        raise ValueError("three is too many")
    time.sleep(float(os.environ.get("PAUSE", "0")))
    return "Answer to " + request["contents"][0]["parts"][0]["text"]
"""


def job_of(running: RunningVertex, count: int) -> Json:
    source = running.upload_rows(*(row(f"Text {n}", key=n) for n in range(count)))
    return running.ended(running.create(source)["name"])


def by_key(running: RunningVertex, job: Json) -> dict[Any, Json]:
    lines = running.results(job)
    found = {line["key"]: line for line in lines}
    assert len(found) == len(lines)
    return found


def text_of(line: Json) -> str:
    text: str = line["response"]["candidates"][0]["content"]["parts"][0]["text"]
    return text


def test_a_function_answers_a_job_and_its_exceptions_are_rows(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(ANSWER)
    with running_vertex(tmp_path / "v", responder=f"python:{file}:answer") as running:
        worker = running.worker_pid
        job = job_of(running, 10)

        assert running.worker_pid == worker
        assert job["completionStats"] == {"successfulCount": "9", "failedCount": "1"}
        lines = by_key(running, job)
    assert text_of(lines[7]) == "Answer to Text 7"
    assert "ValueError: three is too many" in lines[3]["status"]
    assert lines[3]["response"] == {}
    assert len((tmp_path / "called").read_text().splitlines()) == 10


def test_each_row_has_one_line_when_the_worker_is_killed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAUSE", "0.02")
    file = tmp_path / "mine.py"
    file.write_text(ANSWER)
    spec = f"python:{file}:answer?at_once=2"
    with running_vertex(tmp_path / "v", responder=spec) as running:
        source = running.upload_rows(*(row(f"Text {n}", key=n) for n in range(60)))
        name = running.create(source)["name"]
        called = tmp_path / "called"
        running.until(
            lambda: {"lines": called.read_text() if called.exists() else ""},
            lambda seen: len(seen["lines"].splitlines()) > 20,
        )
        killed = running.worker_pid
        os.kill(killed, signal.SIGKILL)
        running.worker_other_than(killed)
        job = running.ended(name)

        assert job["completionStats"] == {"successfulCount": "59", "failedCount": "1"}
        assert sorted(by_key(running, job)) == list(range(60))
        # What was asked ahead is asked again, and no more than that.
        assert len(called.read_text().splitlines()) <= 60 + 2 * 2


def test_a_recording_answers_the_job_it_was_recorded_from(tmp_path: Path) -> None:
    with running_vertex(tmp_path / "first") as running:
        lines = by_key(running, job_of(running, 12))
    for line in lines.values():
        line["response"]["candidates"][0]["content"]["parts"][0]["text"] += (
            " (recorded)"
        )
    file = tmp_path / "predictions.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines.values()))

    with running_vertex(tmp_path / "second", responder=f"recorded:{file}") as running:
        again = by_key(running, job_of(running, 13))

    for key, line in lines.items():
        assert text_of(again[key]) == text_of(line)
    assert again[12]["status"].startswith("Not Found: ")


def test_a_server_on_this_machine_answers_a_job(tmp_path: Path) -> None:
    with chat_server(trouble=deque([429, 503, "cut"]), takes_seconds=0.02) as chat:
        spec = f"openai:{chat.url}#local"
        with running_vertex(tmp_path / "v", responder=spec) as running:
            job = job_of(running, 40)
            lines = by_key(running, job)

    assert job["completionStats"] == {"successfulCount": "40"}
    assert {text_of(line) for line in lines.values()} == {
        f"You said: Text {n}" for n in range(40)
    }
    assert 1 < chat.most_at_once <= 8
    assert {body["model"] for body in chat.asked} == {"local"}


def test_a_cancelled_job_asks_no_more(tmp_path: Path) -> None:
    with chat_server(takes_seconds=0.1) as chat:
        spec = f"openai:{chat.url}#local?at_once=1"
        with running_vertex(tmp_path / "v", responder=spec) as running:
            source = running.upload_rows(*(row(f"Text {n}", key=n) for n in range(200)))
            name = running.create(source)["name"]
            wait_until(lambda: chat.asked)
            assert running.call("POST", f"{name}:cancel").status_code == 200
            running.ended(name)
            asked = len(chat.asked)
            # Another job gets the server to itself.
            job_of(running, 3)
            assert len(chat.asked) <= asked + 1 + 3


@pytest.mark.parametrize(
    ("text", "says"),
    [("1 / 0", "ZeroDivisionError"), ("import os; os._exit(3)", "ended the process")],
)
def test_what_can_t_answer_is_told_at_the_start_and_nothing_is_left(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)

    async def start() -> None:
        vertex = Vertex(
            tmp_path / "vertex",
            storage_url="http://127.0.0.1:1",
            storage_token="none",
            authorize=allow_all,
            pace=QUICK,
            responder=f"python:{file}:answer",
        )
        await vertex.start()

    # Other tests' clouds may be this process's, too.
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(ResponderError, match=says):
        asyncio.run(start())
    left = set(psutil.Process().children(recursive=True)) - before
    assert "localcloud.vertex.rows.worker" not in {
        text for each in left for text in each.cmdline()
    }


def test_a_function_that_ends_its_process_fails_its_job_at_last(tmp_path: Path) -> None:
    """
    As a crash in a native library would: the worker goes on for others.
    """
    file = tmp_path / "mine.py"
    file.write_text(
        "import os\n"
        "def answer(request):\n"
        "    if 'Text' in str(request): os._exit(3)\n"
        "    return 'still here'\n"
    )
    responder = f"python:{file}:answer"
    with running_vertex(tmp_path / "data", responder=responder) as running:
        job = job_of(running, 2)
        assert job["state"] == "JOB_STATE_FAILED"
        assert job["error"]["code"] == 13

        source = running.upload_rows(row("Another", key="a"))
        other = running.ended(running.create(source)["name"])
        assert other["state"] == "JOB_STATE_SUCCEEDED"
