"""
Rows that are made to go wrong.
"""

from pathlib import Path
from typing import Any

from localcloud.vertex.jobs.scripts import RowFault
from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.memory_storage import MemoryStorage
from tests.unit.vertex.row_work import RowWork, jsonl, text_row

KNOBS = Knobs()


def many(count: int) -> MemoryStorage:
    rows = [text_row(f"Text number {n}", key=f"k{n}") for n in range(count)]
    return MemoryStorage({"in.jsonl": jsonl(*rows)})


def settled(line: dict[str, Any]) -> dict[str, Any]:
    """
    A line without its times.
    """
    response = {k: v for k, v in line["response"].items() if k != "createTime"}
    return line | {"processed_time": "", "response": response}


def test_shares_of_rows_can_be_made_to_go_wrong(tmp_path: Path) -> None:
    faults = (
        RowFault(share=0.2, code=8, message="Resource exhausted."),
        RowFault(share=0.2, kind="blocked"),
        RowFault(share=0.2, kind="no_text"),
        RowFault(share=0.1, kind="truncated"),
        RowFault(share=0.1, kind="missing"),
    )
    works = [
        RowWork(tmp_path / name, many(400), faults=faults) for name in ("once", "again")
    ]
    for work in works:
        work.imported()
        work.ran()
    once, again = ([settled(line) for line in work.lines()] for work in works)
    assert once == again

    kinds = [_kind(line) for line in once]
    missing = 400 - len(once)
    for kind, share in (("error", 80), ("blocked", 80), ("RECITATION", 80)):
        assert abs(kinds.count(kind) - share) < 30
    assert abs(kinds.count("MAX_TOKENS") - 40) < 20
    assert abs(missing - 40) < 20
    assert works[0].output.failed(400) == kinds.count("error") + missing
    error = next(line for line in once if line["status"])
    assert error["status"] == (
        'Too Many Requests: {"error": {"code": 429, "message": "Resource exhausted.", '
        '"status": "RESOURCE_EXHAUSTED"}}'
    )


def _kind(line: dict[str, Any]) -> str:
    if line["status"]:
        return "error"
    if "candidates" not in line["response"]:
        assert line["response"]["promptFeedback"]["blockReason"]
        return "blocked"
    return str(line["response"]["candidates"][0]["finishReason"])
