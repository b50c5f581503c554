"""
The pipeline's drops, read from the ledger's records as they lie in the state bucket.

Records are kept under hashed names, so a list by age needs to know all of them:
what a row of the list shows of each is remembered, and only records that were
written since are read again.
"""

from dataclasses import dataclass
from typing import Any

from localcloud.page.asked import Asked, GoneError
from localcloud.page.state.drop_rows import DropRow, row_of, unread_row
from localcloud.page.state.drop_story import story
from localcloud.page.state.jobs import one
from localcloud.pipeline.deployment import Deployment
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.overview import Overview
from shared.errors import RecordError
from shared.outcomes import Outcome
from shared.records import Record, decode_record

_RECORDS = "rec/"
_PAGE = 50
# A start with many records reads them over several looks.
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """
    Drops that are under way, and drops that have ended.
    """

    open: int
    ended: int


class Drops:
    """
    The drops of one deployment.
    """

    def __init__(
        self,
        store: Store,
        jobs: Overview,
        deployment: Deployment,
        *,
        read_at_once: int = _READ_AT_ONCE,
    ) -> None:
        self._read_at_once = read_at_once
        self._store = store
        self._jobs = jobs
        self._bucket = deployment.bucket("state")
        self._results = deployment.bucket("results")
        self._rows: dict[str, DropRow] = {}
        self._seen = 0
        self._looked: int | None = None

    def counts(self) -> Counts:
        """
        How many there are.
        """
        self._look()
        ended = sum(row.ended for row in self._rows.values())
        return Counts(open=len(self._rows) - ended, ended=ended)

    def page(self, asked: Asked) -> dict[str, Any]:
        """
        A page of drops, the newest first; those under way with their job.
        """
        self._look()
        limit, skip = asked.limit(_PAGE, 200), asked.number("page") or 0
        rows = sorted(
            (row for row in self._rows.values() if _wanted(row, asked.text("state"))),
            key=lambda row: (row.claimed, row.id),
            reverse=True,
        )
        shown = rows[skip : skip + limit]
        return {
            "drops": [self._shown(row) for row in shown],
            "next": str(skip + limit) if len(rows) > skip + limit else None,
        }

    def one_drop(self, asked: Asked) -> dict[str, Any]:
        """
        One drop with all that its record says, step by step.
        """
        self._look()
        drop_id = asked.required("id")
        row = self._rows.get(drop_id)
        stored = self._store.objects.find(self._bucket, row.record) if row else None
        if row is None or stored is None:
            self._rows.pop(drop_id, None)
            raise GoneError(f"There is no drop {drop_id}.")
        shown = self._shown(row)
        record = self._record(stored)
        if isinstance(record, Record):
            shown |= story(record, shown["job"], results_bucket=self._results)
        return {**shown, "recordBucket": self._bucket, "record": row.record}

    def _shown(self, row: DropRow) -> dict[str, Any]:
        job = self._job(row.job)
        return {**row.shown(), "job": job}

    def _job(self, name: str) -> dict[str, Any] | None:
        if not name:
            return None
        try:
            return one(self._jobs, self._jobs.find(name.rpartition("/")[2]))
        except ApiError as error:
            if error.code is not Code.NOT_FOUND:
                raise
            return None

    def _look(self) -> None:
        newest = self._store.overview.latest_generation()
        if newest == self._looked:
            return
        found = self._store.overview.newer(
            self._bucket, _RECORDS, self._seen, self._read_at_once
        )
        for stored in found:
            record = self._record(stored)
            row = (
                row_of(record, stored.name)
                if isinstance(record, Record)
                else unread_row(stored.name, stored.updated, record)
            )
            self._rows[row.id] = row
            self._seen = stored.generation
        # Where there may be more, the next look goes on.
        self._looked = None if len(found) == self._read_at_once else newest

    def _record(self, stored: StoredObject) -> Record | str:
        content = self._store.contents.path(stored.content.id).read_bytes()
        drop_id = stored.name.rpartition("/")[2].removesuffix(".json")
        try:
            return decode_record(content, drop_id)
        except RecordError as error:
            return str(error)


def _wanted(row: DropRow, state: str) -> bool:
    match state:
        case "open":
            return not row.ended
        case "ended":
            return row.ended
        case "":
            return True
        case Outcome.LATE:
            return bool(row.late)
        case _:
            return state in (row.state, row.outcome)
