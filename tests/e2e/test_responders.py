"""
`--responder` as users give it: the documentation's example, and what is refused.
"""

import json
import subprocess
from pathlib import Path

import pytest

from tests.doc_examples import file_of
from tests.running_cloud import DROPBATCH, running_cloud

JOB = """
import json, sys, time
from google import genai
from google.cloud import storage

rows = json.loads(sys.argv[1])
bucket = storage.Client().create_bucket("responder-example", location="us-central1")
lines = "".join(json.dumps(row) + "\\n" for row in rows)
bucket.blob("in.jsonl").upload_from_string(lines)
client = genai.Client(vertexai=True, location="us-central1")
job = client.batches.create(
    model="gemini-2.5-flash",
    src="gs://responder-example/in.jsonl",
    config={"dest": "gs://responder-example/out"},
)
while not job.done:
    time.sleep(0.1)
    job = client.batches.get(name=job.name)
(blob,) = bucket.list_blobs(match_glob="out/**/predictions.jsonl")
print(json.dumps([json.loads(line) for line in blob.download_as_text().splitlines()]))
"""


def test_the_documentations_function_answers(tmp_path: Path) -> None:
    (tmp_path / "answers.py").write_text(file_of("responders.md", "answers.py"))
    rows = [
        {
            "key": key,
            "request": {"contents": [{"role": "user", "parts": [{"text": text}]}]},
        }
        for key, text in (("r1", "hello"), ("r2", "please fail"), ("r3", "block it"))
    ]
    spec = f"python:{tmp_path}/answers.py:answer"
    options = ("--bare", "--speed", "20", "--responder", spec)
    with running_cloud(tmp_path / "data", *options) as cloud:
        lines = {row["key"]: row for row in cloud.python(JOB, json.dumps(rows))}

    (part,) = lines["r1"]["response"]["candidates"][0]["content"]["parts"]
    assert part == {"text": "HELLO"}
    assert lines["r2"]["status"] == (
        'Internal Server Error: {"error": {"code": 500, "message": "ValueError: row '
        'r2 was told to fail", "status": "INTERNAL"}}'
    )
    assert lines["r3"]["response"] == {"promptFeedback": {"blockReason": "SAFETY"}}


@pytest.mark.parametrize(
    ("spec", "code", "says"),
    [
        ("ollama", 2, "use simulated, recorded:FILE, openai:URL[#MODEL] or python:"),
        ("openai:http://api.openai.com", 2, "api.openai.com is not this machine"),
        ("python:{folder}/broken.py:answer", 1, "ZeroDivisionError"),
        ("recorded:{folder}/broken.py", 1, "line 1, is no JSON"),
    ],
)
def test_what_can_t_answer_is_refused_at_the_start(
    tmp_path: Path, spec: str, code: int, says: str
) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n")

    done = subprocess.run(
        [
            *(DROPBATCH, "local", "--bare", "--data", str(tmp_path / "data")),
            *("--responder", spec.format(folder=tmp_path)),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
