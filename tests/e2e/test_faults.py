"""
Faults as a user has them: from a command and from a call.
"""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest
import requests

from localcloud.control.tables import PAGE
from tests.e2e.faulty_cloud import ask, batch, command, dropbatch, injected, jobs
from tests.running_cloud import DROPBATCH, RunningCloud


def test_the_command_adds_shows_and_clears(bare_cloud: RunningCloud) -> None:
    dropbatch(bare_cloud, "faults", "clear")
    before = len(injected(bare_cloud))
    shown = dropbatch(bare_cloud, "faults", "list").stdout
    assert shown.startswith("No fault is on.")
    assert "create-quota" in shown

    added = dropbatch(bare_cloud, "faults", "add", "list-unavailable", "times=1").stdout
    assert "list-unavailable: vertex ListBatchPredictionJobs" in added
    assert "* list-unavailable" in dropbatch(bare_cloud, "faults", "list").stdout
    codes = [ask(bare_cloud, "GET", jobs(bare_cloud)).status_code for _ in range(2)]
    assert codes == [503, 200]
    (noted,) = injected(bare_cloud)[before:]
    assert noted["name"] == "list-unavailable"
    assert "list-unavailable" in dropbatch(bare_cloud, "faults", "injected").stdout

    told = json.loads(dropbatch(bare_cloud, "faults", "list", "--json").stdout)
    assert [rule["befell"] for rule in told["rules"]] == [1]
    dropbatch(bare_cloud, "faults", "clear", "list-unavailable")
    told = json.loads(dropbatch(bare_cloud, "faults", "list", "--json").stdout)
    assert told["rules"] == []


def test_the_command_takes_the_faults_of_a_file(
    bare_cloud: RunningCloud, tmp_path: Path
) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps({"faults": [{"name": "paused", "display_name": "no"}]}))
    added = dropbatch(bare_cloud, "faults", "add", "--file", str(path)).stdout
    assert "paused: vertex RunBatchPredictionJob" in added
    dropbatch(bare_cloud, "faults", "clear", "paused")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "pausd"), 1, "did you mean 'paused'"),
        (("add", "paused", "times=0"), 1, "`times` can't be 0"),
        (("add", "paused", "times"), 2, "'times' is no FIELD=VALUE"),
        (("add",), 2, "which fault?"),
        (("add", "paused", "--rule", "{}"), 2, "which fault?"),
        (("add", "--rule", "{"), 1, "--rule is no JSON"),
        (("add", "events-late"), 1, "start it without --bare"),
        (("clear", "nobody"), 1, "'nobody'"),
    ],
)
def test_the_command_says_what_is_wrong(
    bare_cloud: RunningCloud, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = dropbatch(bare_cloud, "faults", *arguments, code=code)
    assert told in done.stderr


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (("--knob", "shufle=1"), 2, "there is no knob 'shufle'"),
        (("--knob", "shuffle"), 2, "write NAME=VALUE"),
        (("--scenario", "none.toml"), 2, "none.toml can't be read"),
    ],
)
def test_a_cloud_that_is_told_nonsense_does_not_start(
    tmp_path: Path, given: tuple[str, ...], code: int, told: str
) -> None:
    done = command("local", "--data", str(tmp_path / "data"), *given, code=code)
    assert told in done.stderr
    assert not (tmp_path / "data").exists()


def test_nobody_sets_faults_through_the_door(bare_cloud: RunningCloud) -> None:
    for host in ("storage.googleapis.com", "us-central1-aiplatform.googleapis.com"):
        for name in (host, "127.0.0.1"):
            answer = requests.post(
                f"https://{host}/admin/faults",
                json={"cut": True},
                headers={"Authorization": bare_cloud.bearer, "Host": name},
                proxies={"https": bare_cloud.told["variables"]["HTTPS_PROXY"]},
                verify=bare_cloud.told["variables"]["REQUESTS_CA_BUNDLE"],
                timeout=10,
            )
            assert answer.status_code >= 400
    told = json.loads(dropbatch(bare_cloud, "faults", "list", "--json").stdout)
    assert told["rules"] == []


def test_vertex_ai_reads_and_writes_on_past_the_faults_of_storage(
    bare_cloud: RunningCloud,
) -> None:
    """
    What befalls clients of storage does not befall the service's own way to it.
    """
    api, name = "https://storage.googleapis.com", "past-faults"
    project = bare_cloud.told["project"]
    bucket = ask(
        bare_cloud, "POST", f"{api}/storage/v1/b?project={project}", json={"name": name}
    )
    assert bucket.status_code == 200
    turn = {"role": "user", "parts": [{"text": "Hello"}]}
    upload = f"{api}/upload/storage/v1/b/{name}/o?uploadType=media&name=in.jsonl"
    ask(bare_cloud, "POST", upload, json={"request": {"contents": [turn]}})
    dropbatch(bare_cloud, "faults", "add", "storage-unavailable")
    try:
        assert ask(bare_cloud, "GET", f"{api}/storage/v1/b/{name}").status_code == 503
        job = ask(bare_cloud, "POST", jobs(bare_cloud), json=batch(name)).json()
        _, _, number = job["name"].rpartition("/")
        stop_at = time.monotonic() + 60
        while not job["state"].endswith("ED") or job["state"].endswith("QUEUED"):
            assert time.monotonic() < stop_at
            time.sleep(0.05)
            job = ask(bare_cloud, "GET", f"{jobs(bare_cloud)}/{number}").json()
    finally:
        dropbatch(bare_cloud, "faults", "clear")
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    folder = job["outputInfo"]["gcsOutputDirectory"].removeprefix(f"gs://{name}/")
    written = f"{api}/{name}/{folder}/predictions.jsonl"
    assert ask(bare_cloud, "GET", written).status_code == 200


def test_the_commands_on_the_page_do_what_it_says(bare_cloud: RunningCloud) -> None:
    """
    Every line of every shell block, as it is printed, one after the other.
    """
    page = PAGE.read_text()
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.S))
    # A user's PATH has the command; --data says that this is not the usual cloud.
    script = f"""
        set -e
        dropbatch() {{ "{DROPBATCH}" "$@" --data "{bare_cloud.folder}"; }}
        ADMIN={bare_cloud.told["admin"]}
        {lines}
    """
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"status": "' not in done.stdout, done.stdout
    assert "list-unavailable: vertex ListBatchPredictionJobs" in done.stdout
    assert '"method": "storage.objects.get"' in done.stdout
