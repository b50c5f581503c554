"""
The `dropbatch` command: what it refuses, prints, and passes on.
"""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from localcloud.child import StartError, local_cloud
from localcloud.door.access_tokens import read_token
from tests.running_cloud import DROPBATCH, RunningCloud, running_cloud


def dropbatch(
    *arguments: str, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [DROPBATCH, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | (env or {}),
    )


def test_a_folder_in_use_is_refused_with_the_fix(bare_cloud: RunningCloud) -> None:
    refused = dropbatch("local", "--data", str(bare_cloud.folder))

    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert str(bare_cloud.folder) in line
    assert f"process {bare_cloud.process.pid}" in line
    assert "--data" in line


def test_a_cloud_that_could_not_start_is_told_without_its_own_name(
    bare_cloud: RunningCloud,
) -> None:
    with pytest.raises(StartError) as error, local_cloud(bare_cloud.folder):
        pass

    assert str(error.value).startswith(f"{bare_cloud.folder} is in use")


@pytest.mark.parametrize(
    "database",
    ["storage/storage.sqlite3", "pubsub/pubsub.sqlite", "vertex/jobs.sqlite3"],
)
def test_a_damaged_database_is_told_with_the_fix(tmp_path: Path, database: str) -> None:
    damaged = tmp_path / "data" / database
    with running_cloud(tmp_path / "data", "--bare"):
        assert damaged.is_file()
    damaged.write_bytes(b"no database " * 1000)

    refused = dropbatch("local", "--bare", "--data", str(tmp_path / "data"))

    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "move the folder away" in line
    assert "--data" in line


def test_a_port_in_use_is_refused_with_the_fix(
    tmp_path: Path, bare_cloud: RunningCloud
) -> None:
    port = str(bare_cloud.told["port"])
    refused = dropbatch("local", "--data", str(tmp_path), "--port", port)

    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert port in line
    assert "--port" in line


@pytest.mark.parametrize("account", ["a-name", "a-name@p.iam.gserviceaccount.com"])
def test_a_token_is_of_the_account_that_is_named(
    bare_cloud: RunningCloud, account: str
) -> None:
    told = dropbatch("token", "--data", str(bare_cloud.folder), "--account", account)

    email = read_token(told.stdout.strip()).email
    assert email.startswith("a-name@")
    assert email.count("@") == 1


def test_the_variables_work_in_a_shell_and_are_taken_back(
    bare_cloud: RunningCloud,
) -> None:
    script = f"""
        eval "$('{DROPBATCH}' env --data '{bare_cloud.folder}')"
        token="$('{DROPBATCH}' token --data '{bare_cloud.folder}')"
        url=https://storage.googleapis.com/storage/v1/b?project=dropbatch-local
        curl -sS "$url" -H "Authorization: Bearer $token" \\
            -o /dev/null -w '%{{http_code}}\\n'
        eval "$('{DROPBATCH}' env --unset)"
        echo "[$HTTPS_PROXY]" "[$GOOGLE_APPLICATION_CREDENTIALS]"
    """
    done = subprocess.run(
        ["sh", "-c", script],
        env={"PATH": os.environ["PATH"], "HTTPS_PROXY": "http://was.example"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout == "200\n[http://was.example] []\n", done.stderr


def test_env_as_json_is_what_the_cloud_told(bare_cloud: RunningCloud) -> None:
    told = json.loads(
        dropbatch("env", "--json", "--data", str(bare_cloud.folder)).stdout
    )

    assert told["variables"] == bare_cloud.told["variables"]
    assert told["unset"] == bare_cloud.told["unset"]


@pytest.mark.parametrize("command", [["env"], ["run", "--", "true"]])
def test_without_a_running_cloud_the_fix_is_named(
    tmp_path: Path, command: list[str]
) -> None:
    name, *rest = command
    refused = dropbatch(name, "--data", str(tmp_path), *rest)

    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert str(tmp_path) in line
    assert "dropbatch local" in line


def test_run_gives_the_variables_and_returns_the_commands_code(
    bare_cloud: RunningCloud,
) -> None:
    done = dropbatch(
        *("run", "--data", str(bare_cloud.folder), "--"),
        *("sh", "-c", 'echo "$HTTPS_PROXY $1"; exit 7', "sh", "--data"),
        env={"PUBSUB_EMULATOR_HOST": "elsewhere"},
    )

    proxy = f"http://127.0.0.1:{bare_cloud.told['port']}"
    assert (done.returncode, done.stdout) == (7, f"{proxy} --data\n")


def test_run_passes_signals_on(bare_cloud: RunningCloud) -> None:
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(42))\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen(
        [
            *(DROPBATCH, "run", "--data", str(bare_cloud.folder)),
            *("--", sys.executable, "-c", script),
        ],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.terminate()
        assert process.wait(timeout=10) == 42


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "which command?"),
        (["local", "--port", "x"], "'x' is no port: use 1 to 65535"),
        (["local", "--port", "70000"], "'70000' is no port"),
        (["local", "--speed", "0"], "'0' is no factor"),
        (["local", "--speed", "nan"], "'nan' is no factor"),
        (["local", "--data", "/dev/null/x"], "'/dev/null' is a file: name a folder"),
        (["demo", "--data", "/dev/null"], "'/dev/null' is a file: name a folder"),
        (["local", "extra"], "usage: dropbatch local"),
        (["local", "extra"], "unrecognized arguments: extra"),
        (["faults", "list", "extra"], "usage: dropbatch faults"),
        (["nothing"], "invalid choice: 'nothing'"),
        ([], "COMMAND"),
    ],
)
def test_misuse_exits_with_2_and_names_the_value(
    arguments: list[str], says: str
) -> None:
    done = dropbatch(*arguments)

    assert done.returncode == 2
    assert says in done.stderr


def test_a_command_that_does_not_exist_is_named(bare_cloud: RunningCloud) -> None:
    done = dropbatch("run", "--data", str(bare_cloud.folder), "--", "no-such-command")

    assert done.returncode == 127
    assert done.stderr == "dropbatch: no command 'no-such-command'\n"


@pytest.mark.parametrize("command", [[], ["local"], ["env"], ["run"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    done = dropbatch(*command, "--help")

    assert done.returncode == 0
    assert "usage: dropbatch" in done.stdout


def test_the_version_is_that_of_the_package() -> None:
    assert dropbatch("--version").stdout == f"dropbatch {version('dropbatch')}\n"


def test_a_reader_that_has_had_enough_is_no_error(bare_cloud: RunningCloud) -> None:
    command = f"'{DROPBATCH}' faults list --data '{bare_cloud.folder}'"
    done = subprocess.run(
        ["sh", "-c", f"{command} | head -n 1; {command} --json | true"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("x")

    done = dropbatch("local", "--data", str(tmp_path))

    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_settings_that_make_no_sense_are_said_before_anything_starts(
    tmp_path: Path,
) -> None:
    done = dropbatch("local", "--media-prefix", "foo", "--data", str(tmp_path / "d"))

    assert done.returncode == 1
    assert "'foo'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
