"""
How a user gets to the page: what is printed, and what is opened.
"""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.running_cloud import DROPBATCH, RunningCloud, running_cloud, wait_until


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    return tmp_path / "opened"


@pytest.fixture
def with_browser(tmp_path: Path, opened: Path) -> dict[str, str]:
    """
    An environment whose browser writes down what it is asked to open.
    """
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > {shlex.quote(str(opened))}\n')
    script.chmod(0o700)
    return os.environ | {"BROWSER": f"{script} %s"}


def page(
    cloud: RunningCloud, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [DROPBATCH, "page", "--data", str(cloud.folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_page_prints_the_address_and_opens_it(
    bare_cloud: RunningCloud, with_browser: dict[str, str], opened: Path
) -> None:
    done = page(bare_cloud, with_browser)

    address = bare_cloud.told["page"]
    assert (done.returncode, done.stdout) == (0, f"{address}\n")
    assert opened.read_text() == address
    assert address == f"{bare_cloud.told['admin']}/"


def test_where_there_is_no_browser_the_address_is_enough(
    bare_cloud: RunningCloud, tmp_path: Path
) -> None:
    done = page(bare_cloud, {"PATH": str(tmp_path), "HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{bare_cloud.told['page']}\n"
    assert done.stderr == ""


def test_a_browser_that_takes_the_terminal_is_none(
    bare_cloud: RunningCloud, with_browser: dict[str, str], opened: Path, tmp_path: Path
) -> None:
    """
    Unless it is asked for, as in the first of these tests.
    """
    (tmp_path / "browser").rename(tmp_path / "w3m")

    done = page(
        bare_cloud,
        {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "TERM": "xterm"},
    )

    assert done.stdout == f"{bare_cloud.told['page']}\n"
    assert not opened.exists()


def test_local_opens_it_and_tells_it(
    with_browser: dict[str, str], opened: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER", with_browser["BROWSER"])
        with running_cloud(tmp_path / "data", "--bare", "--open") as cloud:
            wait_until(opened.exists)
            wait_until(lambda: opened.read_text() == cloud.told["page"])
