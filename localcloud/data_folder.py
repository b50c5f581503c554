"""
The folder that holds everything one local cloud knows, and the claim on it.
"""

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


class FolderTakenError(RuntimeError):
    """
    The folder is another's: a local cloud's that is running, or not a cloud's at all.
    """


class DamagedFolderError(RuntimeError):
    """
    A database in the folder can't be read.
    """

    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(
            f"a database in {folder} can't be read ({error}): move the folder away, "
            "or choose another with --data"
        )


class NotRunningError(RuntimeError):
    """
    No local cloud is running on the folder.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """
    What a local cloud tells other processes while it runs.
    """

    pid: int
    port: int
    admin_port: int
    project: str


class DataFolder:
    """
    A data folder: who owns it, and where in it things lie.

    Its owner is the process that holds the lock, which the system takes back when that
    process ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._lock = self.path / "lock"
        self._running = self.path / "running.json"

    @property
    def logs(self) -> Path:
        """Where the functions' logs are."""
        return self.path / "logs"

    def folder(self, name: str) -> Path:
        """Return a folder inside, made if need be."""
        inside = self.path / name
        inside.mkdir(mode=0o700, parents=True, exist_ok=True)
        return inside

    @contextlib.contextmanager
    def owned(self) -> Iterator[None]:
        """
        Own the folder for as long as the context lasts.

        Raises FolderTakenError if a living process owns it, or if it holds something
        else.
        """
        if not self._lock.is_file() and self._others_files():
            raise FolderTakenError(
                f"{self.path} holds something else than a local cloud's data: choose "
                "another folder with --data"
            )
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FolderTakenError(
                    f"{self.path} is in use by another local cloud{self._owner()}; "
                    "stop that one, or choose another folder with --data"
                ) from error
            # Left by an owner that was killed.
            self._running.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._running.unlink(missing_ok=True)

    def _others_files(self) -> bool:
        # What a cloud prints may be kept in its folder from the start.
        found = self.path.iterdir() if self.path.is_dir() else iter(())
        return any(path.suffix != ".log" for path in found)

    def announce(self, running: Running) -> None:
        """
        Tell other processes how to reach the cloud that runs here.
        """
        temporary = self._running.with_suffix(".part")
        temporary.write_text(json.dumps(asdict(running)) + "\n")
        temporary.replace(self._running)

    def running(self) -> Running:
        """
        Return what the running cloud announced; raises NotRunningError.
        """
        try:
            with self._lock.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            with contextlib.suppress(FileNotFoundError):
                return Running(**json.loads(self._running.read_text()))
            raise NotRunningError(
                f"the local cloud on {self.path} is still starting: try again"
            ) from None
        raise NotRunningError(
            f"no local cloud is running on {self.path}: start one with "
            "`dropbatch local`, or name its folder with --data"
        )

    def _owner(self) -> str:
        try:
            return f" (process {json.loads(self._running.read_text())['pid']})"
        except (OSError, ValueError, KeyError):
            return ""


def default_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """
    The data folder that is used when none is named: in the user's cache.
    """
    if sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        # A relative path is to be ignored (XDG Base Directory Specification).
        named = Path(environ.get("XDG_CACHE_HOME", ""))
        cache = named if named.is_absolute() else Path.home() / ".cache"
    return cache / "dropbatch" / "local"
