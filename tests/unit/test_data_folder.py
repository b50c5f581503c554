import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud.data_folder import (
    DataFolder,
    FolderTakenError,
    NotRunningError,
    Running,
    default_folder,
)

RUNNING = Running(pid=os.getpid(), port=1, admin_port=2, project="p")


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.owned():
        folder.announce(RUNNING)
        with (
            pytest.raises(FolderTakenError, match=rf"process {os.getpid()}.*--data"),
            DataFolder(tmp_path).owned(),
        ):
            pass

    with DataFolder(tmp_path).owned():
        pass


def test_who_reads_learns_how_to_reach_the_owner(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.owned():
        with pytest.raises(NotRunningError, match="still starting"):
            DataFolder(tmp_path).running()
        folder.announce(RUNNING)
        assert DataFolder(tmp_path).running() == RUNNING

    with pytest.raises(NotRunningError, match="dropbatch local"):
        DataFolder(tmp_path).running()


def test_a_folder_that_does_not_exist_runs_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotRunningError, match="dropbatch local"):
        DataFolder(tmp_path / "never").running()
    assert not (tmp_path / "never").exists()


def test_an_owner_that_was_killed_owns_nothing(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib\n"
            "from localcloud.data_folder import DataFolder, Running\n"
            "folder = DataFolder(pathlib.Path(sys.argv[1]))\n"
            "with folder.owned():\n"
            "    folder.announce(Running(pid=1, port=1, admin_port=1, project='p'))\n"
            "    print('owned', flush=True)\n"
            "    sys.stdin.read()\n",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert owner.stdin
    assert owner.stdout
    with owner.stdin, owner.stdout, owner:
        assert owner.stdout.readline() == b"owned\n"
        owner.send_signal(signal.SIGKILL)
        owner.wait(timeout=10)

    with pytest.raises(NotRunningError):
        DataFolder(tmp_path).running()
    with DataFolder(tmp_path).owned():
        pass


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has its own cache folder")
def test_the_default_is_in_the_users_cache(tmp_path: Path) -> None:
    assert default_folder({"XDG_CACHE_HOME": str(tmp_path)}) == (
        tmp_path / "dropbatch" / "local"
    )
    expected = Path.home() / ".cache" / "dropbatch" / "local"
    assert default_folder({}) == expected
    assert default_folder({"XDG_CACHE_HOME": "relative"}) == expected
