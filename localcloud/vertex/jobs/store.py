"""
The jobs, on disk. What a call has returned is there after any kind of end.
"""

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from localcloud.vertex.jobs.job import Job
from localcloud.vertex.lists.filter_grammar import Filter
from localcloud.vertex.lists.filter_sql import where


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """
    A job of a list, and its number: the place in the list.
    """

    number: int
    job: Job


class Store:
    """
    The jobs and operations of one local cloud, in one SQLite file.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # autocommit: each statement below is a transaction of its own.
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        # The local cloud promises to survive its own end, not the machine's.
        self._database.execute("PRAGMA synchronous=NORMAL")
        schema = files("localcloud.vertex.jobs").joinpath("schema.sql")
        self._database.executescript(schema.read_text(encoding="utf-8"))
        self._database.create_function("label", 2, _label, deterministic=True)

    def close(self) -> None:
        self._database.close()

    def add(self, job: Job) -> None:
        """
        Keep a new job.
        """
        # `model` is the display name of every publisher model: the output folder
        # is called prediction-<model display name>-<time>.
        self._database.execute(
            "INSERT INTO jobs (id, project, location, state, display_name,"
            " model_display_name, create_time, labels, ended, record)"
            " VALUES (?, ?, ?, ?, ?, 'model', ?, ?, ?, ?)",
            (
                job.id,
                job.project,
                job.location,
                job.state,
                job.spec.get("displayName", ""),
                job.create_time,
                msgspec.json.encode(job.spec.get("labels", {})).decode(),
                job.ended,
                _dump(job),
            ),
        )

    def put(self, job: Job) -> None:
        """
        Keep the job as it is now.
        """
        self._database.execute(
            "UPDATE jobs SET state = ?, ended = ?, record = ? WHERE id = ?",
            (job.state, job.ended, _dump(job), job.id),
        )

    def get(self, project: str, location: str, job_id: str) -> Job | None:
        row = self._database.execute(
            "SELECT record FROM jobs WHERE id = ? AND project = ? AND location = ?",
            (job_id, project, location),
        ).fetchone()
        return None if row is None else _load(row[0])

    def by_id(self, job_id: str) -> Job | None:
        row = self._database.execute(
            "SELECT record FROM jobs WHERE id = ?", (job_id,)
        ).fetchone()
        return None if row is None else _load(row[0])

    def delete(self, job_id: str) -> None:
        self._database.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def forget_ended(self, before: int) -> None:
        """
        Delete the jobs that ended before a time.
        """
        self._database.execute(
            "DELETE FROM jobs WHERE ended"
            " AND json_extract(record, '$.update_time') < ?",
            (before,),
        )

    def alive(self) -> Iterator[Job]:
        """
        Every job that has not ended, oldest first.
        """
        rows = self._database.execute(
            "SELECT record FROM jobs WHERE NOT ended ORDER BY number"
        ).fetchall()
        return (_load(record) for (record,) in rows)

    def page(
        self,
        project: str,
        location: str,
        parsed: Filter | None,
        *,
        before: int | None,
        created_until: int,
        size: int,
        oldest_first: bool = False,
    ) -> list[Listed]:
        """
        The first jobs that pass the filter, newest first or oldest first.

        Only those that come after the number `before` (the rest of a list), and were
        made no later than `created_until`.
        """
        beyond, order = (">", "ASC") if oldest_first else ("<", "DESC")
        begin = 0 if oldest_first else (1 << 63) - 1
        condition, parameters = where(parsed)
        rows = self._database.execute(
            "SELECT number, record FROM jobs WHERE project = ? AND location = ?"
            f" AND number {beyond} ? AND create_time <= ? AND ({condition})"
            f" ORDER BY number {order} LIMIT ?",
            (
                project,
                location,
                begin if before is None else before,
                created_until,
                *parameters,
                size,
            ),
        ).fetchall()
        return [Listed(number=number, job=_load(record)) for number, record in rows]

    def newest(
        self, states: Collection[str], *, before: int | None, limit: int
    ) -> list[Listed]:
        """
        The newest jobs of every project, of these states if any are named.
        """
        within = f" AND state IN ({', '.join('?' * len(states))})" if states else ""
        rows = self._database.execute(
            f"SELECT number, record FROM jobs WHERE number < ?{within}"
            " ORDER BY number DESC LIMIT ?",
            ((1 << 63) - 1 if before is None else before, *states, limit),
        ).fetchall()
        return [Listed(number=number, job=_load(record)) for number, record in rows]

    def count_by_state(self) -> dict[str, int]:
        rows = self._database.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state")
        return dict(rows.fetchall())

    def add_operation(self, name: str, operation: dict[str, Any]) -> None:
        self._database.execute(
            "INSERT INTO operations (name, record) VALUES (?, ?)",
            (name, msgspec.json.encode(operation).decode()),
        )

    def operation(self, name: str) -> dict[str, Any] | None:
        row = self._database.execute(
            "SELECT record FROM operations WHERE name = ?", (name,)
        ).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=dict[str, Any])


def _label(labels: str, key: str) -> str | None:
    found = msgspec.json.decode(labels, type=dict[str, str])
    return found.get(key)


_DECODER = msgspec.json.Decoder(Job)


def _load(record: str) -> Job:
    return _DECODER.decode(record)


def _dump(job: Job) -> str:
    return msgspec.json.encode(job).decode()
