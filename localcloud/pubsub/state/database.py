"""
The one SQLite file: opened, made, and written to in transactions.

What has been committed survives a SIGKILL. Leases are not kept: after a restart
every unacknowledged message may be delivered at once, and acknowledgements of
earlier leases still count.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

_VERSION = 2
# What a file of the version before has to be given.
_FROM_1 = (
    "CREATE TABLE policy (resource TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;"
)


class Database:
    """
    The state of one broker; `run` counts how often it has been opened.
    """

    def __init__(self, folder: Path, *, first_seq: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(
            folder / "pubsub.sqlite", isolation_level=None
        )
        self.connection.execute("PRAGMA journal_mode = WAL")
        # Survives the death of the process, which is what is promised; only a power
        # cut may take the last commits.
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self._depth = 0
        self._make(first_seq)
        self.run = self.counter("run") + 1
        self.set_counter("run", self.run)

    def close(self) -> None:
        self.connection.close()

    def counter(self, name: str) -> int:
        found = self.connection.execute(
            "SELECT value FROM counter WHERE name = ?", (name,)
        )
        return int(found.fetchone()[0])

    def set_counter(self, name: str, value: int) -> None:
        self.connection.execute(
            "UPDATE counter SET value = ? WHERE name = ?", (value, name)
        )

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """
        All or nothing. Inside another one it is part of that.
        """
        if not self._depth:
            self.connection.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield self.connection
        except BaseException:
            self._depth -= 1
            if not self._depth:
                self.connection.execute("ROLLBACK")
            raise
        self._depth -= 1
        if not self._depth:
            self.connection.execute("COMMIT")

    def _make(self, first_seq: int) -> None:
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            schema = files("localcloud.pubsub.state") / "schema.sql"
            self.connection.executescript(
                f"BEGIN; {schema.read_text()} "
                f"INSERT INTO counter VALUES ('seq', {first_seq}), ('run', 0); "
                f"PRAGMA user_version = {_VERSION}; COMMIT;"
            )
        elif version == 1:
            self.connection.executescript(
                f"BEGIN; {_FROM_1} PRAGMA user_version = {_VERSION}; COMMIT;"
            )
        elif version != _VERSION:
            self.close()
            raise ValueError(
                f"the Pub/Sub state is of version {version}, this is {_VERSION}"
            )
