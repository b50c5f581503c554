"""
The SQLite file: one writer, whole transactions, generations that only grow.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import resources
from pathlib import Path

from localcloud.storage.rules.metadata import stamp

# A folder of an earlier version is brought up to date by the scripts that it lacks.
_SCRIPTS = ("schema.sql", "schema_2.sql", "schema_3.sql")
_LOG = logging.getLogger(__name__)


class FolderInUseError(RuntimeError):
    """
    Another process keeps its state in this folder.
    """


class Database:
    """
    Every change is one transaction: all of it is there after a SIGKILL, or none.

    Nothing here awaits, so on an event loop transactions never interleave: what
    is checked at the start of one still holds when it commits.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # The kernel drops this lock with the process, so a SIGKILL leaves none.
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise FolderInUseError(f"another process uses {folder}") from error
        self._now = now
        self._after_commit: list[Callable[[], None]] = []
        # Transactions are begun by hand. The set-up may run in another thread
        # than the event loop, before it; never beside it.
        self._sqlite = sqlite3.connect(
            folder / "storage.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._sqlite.execute("PRAGMA journal_mode = WAL")
        # A crash of the process loses nothing; a power cut may lose the last
        # commits, and never tears one.
        self._sqlite.execute("PRAGMA synchronous = NORMAL")
        self._sqlite.execute("PRAGMA foreign_keys = ON")
        self._prepare(folder)

    def _prepare(self, folder: Path) -> None:
        (version,) = self._sqlite.execute("PRAGMA user_version").fetchone()
        if version > len(_SCRIPTS):
            self.close()
            raise RuntimeError(f"{folder} was written by another version ({version})")
        scripts = resources.files("localcloud.storage.disk")
        for number, name in enumerate(_SCRIPTS[version:], start=version + 1):
            schema = scripts.joinpath(name).read_text("utf-8")
            # executescript commits what is open, so it is a transaction itself.
            self._sqlite.executescript(
                f"BEGIN; {schema} PRAGMA user_version = {number}; COMMIT;"
            )

    def close(self) -> None:
        """
        Give the folder back.
        """
        self._sqlite.close()
        self._lock.close()

    def rows(self, sql: str, *values: object) -> sqlite3.Cursor:
        """
        What a SELECT finds, read as it is asked for.
        """
        return self._sqlite.execute(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """
        Commit what the block writes, or nothing of it if the block raises.
        """
        self._sqlite.execute("BEGIN IMMEDIATE")
        try:
            yield self.rows
            self._sqlite.execute("COMMIT")
        except BaseException:
            # SQLite itself rolls back what fails for want of space.
            if self._sqlite.in_transaction:
                self._sqlite.execute("ROLLBACK")
            self._after_commit.clear()
            raise
        due, self._after_commit = self._after_commit, []
        for call in due:
            try:
                call()
            except Exception:  # noqa: BLE001 - what is committed has not failed
                _LOG.exception("after a commit")

    def after_commit(self, call: Callable[[], None]) -> None:
        """
        Have `call` made once the running transaction has committed, and only then.
        """
        self._after_commit.append(call)

    def next_generation(self) -> int:
        """
        Microseconds since 1970, and always more than any given before.
        """
        wanted = int(self._now().timestamp() * 1_000_000)
        (generation,) = self.rows(
            "UPDATE latest SET generation = max(generation + 1, ?)"
            " RETURNING generation",
            wanted,
        ).fetchone()
        return int(generation)

    def now(self) -> datetime:
        """
        The present time.
        """
        return self._now()

    def stamp(self) -> str:
        """
        The present time, as resources tell it.
        """
        return stamp(self._now())
