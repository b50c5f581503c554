"""
One job's rows, imported and run in this process.
"""

import json
from pathlib import Path
from typing import Any

from localcloud.vertex.answers.answer import Responder, answer
from localcloud.vertex.jobs.scripts import RowFault
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.gcs.media import StoredMedia
from localcloud.vertex.rows.orders import Order
from localcloud.vertex.rows.spool import Spool
from localcloud.vertex.rows.stages.import_rows import INPUT_SPOOL, import_rows
from localcloud.vertex.rows.stages.run_rows import OUTPUT_SPOOL, run_rows
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage

Json = dict[str, Any]


def text_row(text: str, **beside: Any) -> Json:
    """
    A row that asks for an answer to a text.
    """
    contents = [{"role": "user", "parts": [{"text": text}]}]
    return {**beside, "request": {"contents": contents}}


def jsonl(*rows: Json) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


class RowWork:
    """
    What the worker does for one job, step by step.
    """

    def __init__(
        self,
        folder: Path,
        storage: MemoryStorage,
        knobs: Knobs | None = None,
        *,
        uris: tuple[str, ...] = (f"gs://{BUCKET}/in.jsonl",),
        faults: tuple[RowFault, ...] = (),
        job: str = "1234567890123456789",
    ) -> None:
        self.folder = folder
        self.storage = storage
        self.knobs = knobs or Knobs()
        self.order = Order(
            work="run",
            job=job,
            project="1234",
            model="publishers/google/models/gemini-2.5-flash",
            input_uris=uris,
            output_uri=f"gs://{BUCKET}/out/predictions.jsonl",
            row_faults=faults,
        )

    def imported(self) -> int:
        """
        Import, and count the rows.
        """
        for _ in import_rows(self.order, self.folder, self.storage, self.knobs):
            pass
        return Spool(self.folder, INPUT_SPOOL).count()

    def ran(self, respond: Responder = answer, *, turns: int | None = None) -> int:
        """
        Run for some turns, or to the end, and count the rows that are done.
        """
        media = StoredMedia(self.storage, self.order.project)
        work = run_rows(
            *(self.order, self.folder, media, respond, self.knobs), slice_seconds=0
        )
        for turn, _ in enumerate(work, 1):
            if turn == turns:
                break
        return self.output.count()

    @property
    def output(self) -> Spool:
        return Spool(self.folder, OUTPUT_SPOOL)

    def lines(self) -> list[Json]:
        """
        The output so far.
        """
        text = self.output.lines.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n") if line]


def outcome(tmp_path: Path, *rows: Json, knobs: Knobs | None = None) -> list[Json]:
    """
    The output of a job with these rows.
    """
    work = RowWork(tmp_path, MemoryStorage({"in.jsonl": jsonl(*rows)}), knobs)
    work.imported()
    work.ran()
    return work.lines()
