"""
The outputs that are commands: a user pastes them, so each is run as it is printed.
"""

import argparse
import base64
import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from localcloud.cli import requeue
from tests import needs
from tests.e2e.pipeline import rows
from tests.running_cloud import DROPBATCH, RunningCloud
from tests.schemas import check_message
from tests.terraform.plans import Plan

RUNS = ("defaults", "everything")
# Others may have left messages on the run's cloud: so long for ours to come.
_MESSAGE_SECONDS = 60
# What a shell makes of a command, in place of running it.
_TOLD = "gcloud() { printf '%s\\0' gcloud \"$@\"; }\n"


def commands(plan: Plan) -> Iterator[tuple[str, str]]:
    """
    The outputs that are commands, by name; of several under one name, by name and key.
    """
    for name, value in plan.outputs.items():
        several = value if isinstance(value, dict) else {"": value}
        for key, text in several.items():
            if text.startswith("gcloud "):
                yield f"{name} {key}".strip(), text


def words(command: str) -> list[str]:
    """
    The words that a shell passes on.
    """
    shell = needs.program("bash")
    # What is pasted is one line, and reads nothing of whoever pastes it.
    assert "\n" not in command
    done = subprocess.run(
        [shell, "-euc", f"{_TOLD}{command}"],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), f"{command}\n{done.stderr}"
    return done.stdout.removesuffix("\0").split("\0")


@pytest.mark.parametrize(
    ("run", "names"),
    [
        ("defaults", {"drop_a_file", "watch_it", "pull_a_message messages"}),
        (
            "everything",
            {
                *("drop_a_file", "watch_it"),
                *("pull_a_message billing", "pull_a_message search"),
            },
        ),
    ],
)
def test_the_outputs_that_say_what_to_do_are_commands(
    plans: Mapping[str, Plan], run: str, names: set[str]
) -> None:
    found = dict(commands(plans[run]))

    assert found.keys() == names
    for command in found.values():
        assert words(command)[0] == "gcloud"


# What is no command of gcloud's, and what it has against each.
_WRONG = {
    "gcloud storage cp a gs://b/c --no-such": "unrecognized arguments: --no-such",
    "gcloud pubsub subscriptions push a": "Invalid choice: 'push'",
    "gcloud logging read a --limit=some": "argument --limit",
}


def test_gcloud_knows_each_command_and_every_flag(
    plans: Mapping[str, Plan], tmp_path: Path
) -> None:
    """And tells of a command that it does not know: the check sees something."""
    ours = [shlex.join(words(text)) for run in RUNS for _, text in commands(plans[run])]
    against = refusals([*ours, *_WRONG], tmp_path)

    assert [against[command] for command in ours] == [None] * len(ours)
    for command, told in _WRONG.items():
        assert told in (against[command] or "")


def refusals(commands: list[str], folder: Path) -> Mapping[str, str | None]:
    """
    What gcloud has against each command, by its own check, which runs none of them.
    """
    asked = folder / "commands.json"
    asked.write_text(json.dumps([{"command_string": each} for each in commands]))
    done = subprocess.run(
        [
            *(needs.program("gcloud"), "meta", "lint-gcloud-commands"),
            f"--commands-file={asked}",
        ],
        env={**os.environ, "CLOUDSDK_CONFIG": str(folder / "gcloud")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    checked = json.loads(done.stdout)
    return {each["command_string"]: each["error_message"] for each in checked}


@pytest.mark.parametrize(
    ("run", "bucket"),
    [("defaults", "dropbatch-local-state"), ("everything", "acme-second-state")],
)
def test_a_drop_is_put_back_in_the_deployments_own_ledger(
    plans: Mapping[str, Plan], run: str, bucket: str
) -> None:
    command = plans[run].outputs["requeue"].replace("DROP_ID", "a" * 32)
    program, *arguments = shlex.split(command)

    parser = argparse.ArgumentParser()
    requeue.register(parser.add_subparsers())
    given = parser.parse_args(arguments)

    assert program == ".venv/bin/dropbatch"
    assert (given.drop_ids, given.state_bucket) == (["a" * 32], bucket)


def test_a_file_goes_under_its_prefix_whatever_is_in_that(
    plans: Mapping[str, Plan],
) -> None:
    dropped = words(plans["everything"].outputs["drop_a_file"])

    assert dropped == [
        *("gcloud", "storage", "cp", "my.jsonl"),
        "gs://acme-second-inbox/it's $HOME/my.jsonl",
    ]


def test_a_file_is_dropped_and_its_message_pulled_as_printed(
    plans: Mapping[str, Plan], cloud: RunningCloud, tmp_path: Path
) -> None:
    """
    Behind the local cloud, which has the names of a default deployment.
    """
    outputs = plans["defaults"].outputs
    (tmp_path / "my.jsonl").write_bytes(rows(1))

    pasted(outputs["drop_a_file"], cloud, tmp_path)
    pull = outputs["pull_a_message"]["messages"]
    deadline = time.monotonic() + _MESSAGE_SECONDS
    while not (said := named(pasted(pull, cloud, tmp_path), "demo/my.jsonl")):
        assert time.monotonic() < deadline, "no message of the file came"

    assert said["drop"]["bucket"] == cloud.told["inbox"]
    assert (said["outcome"], said["counts"]["succeeded"]) == ("completed", 1)


def pasted(command: str, cloud: RunningCloud, folder: Path) -> str:
    """
    What a command prints that is pasted into a shell behind the local cloud.
    """
    needs.program("gcloud")
    done = subprocess.run(
        [DROPBATCH, "run", "--data", str(cloud.folder), "--", "sh", "-c", command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def named(pulled: str, file: str) -> Any:
    """
    What is said of a file by one of these messages; None if all are of others.
    """
    for each in json.loads(pulled):
        message = each["message"]
        data = base64.b64decode(message["data"])
        said = check_message(data, message["attributes"])
        if said["drop"]["name"] == file:
            return said
    return None
