"""
Input in several files: lists of them, and patterns.
"""

import json
from pathlib import Path

import pytest

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.failures import JobFailure
from localcloud.vertex.rows.spool import Spool, SpoolReader
from localcloud.vertex.rows.stages.import_rows import INPUT_SPOOL
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage
from tests.unit.vertex.row_work import RowWork, jsonl, text_row

FILES = {
    name: jsonl(*(text_row("x", key=f"{name}#{n}") for n in range(2)))
    for name in ("a/1.jsonl", "a/10.jsonl", "a/2.jsonl", "a/b/3.jsonl", "c.jsonl")
}


def keys(tmp_path: Path, *patterns: str, knobs: Knobs | None = None) -> list[str]:
    """
    The keys of the rows that are read, in the order in which they are.
    """
    uris = tuple(f"gs://{BUCKET}/{pattern}" for pattern in patterns)
    work = RowWork(tmp_path, MemoryStorage(FILES), knobs, uris=uris)
    work.imported()
    reader = SpoolReader(Spool(tmp_path, INPUT_SPOOL))
    found = [json.loads(reader.line(n))["key"] for n in range(len(reader))]
    reader.rest()
    return found


def rows_of(*names: str) -> list[str]:
    return [f"{name}#{n}" for name in names for n in range(2)]


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        # As they are listed, and by name within a pattern.
        (("c.jsonl", "a/1.jsonl"), ["c.jsonl", "a/1.jsonl"]),
        (("a/*",), ["a/1.jsonl", "a/10.jsonl", "a/2.jsonl", "a/b/3.jsonl"]),
        (("c.jsonl", "a/1*"), ["c.jsonl", "a/1.jsonl", "a/10.jsonl"]),
        (("*b*3*",), ["a/b/3.jsonl"]),
        (("a/1.jsonl*",), ["a/1.jsonl"]),
        # What two of them match is read where it comes first.
        (
            ("a/1*", "a/*.jsonl"),
            ["a/1.jsonl", "a/10.jsonl", "a/2.jsonl", "a/b/3.jsonl"],
        ),
        (("c.jsonl", "c.jsonl", "*c.jsonl"), ["c.jsonl"]),
    ],
)
def test_files_are_read_in_order(
    tmp_path: Path, patterns: tuple[str, ...], names: list[str]
) -> None:
    assert keys(tmp_path, *patterns) == rows_of(*names)


def test_a_file_that_two_patterns_match_may_be_read_twice(tmp_path: Path) -> None:
    knobs = Knobs(overlapping_inputs_once=False)
    assert keys(tmp_path, "c*", "*c.jsonl", knobs=knobs) == rows_of("c.jsonl") * 2


def test_one_pattern_without_a_match_fails_all(tmp_path: Path) -> None:
    with pytest.raises(JobFailure, match=r"Not found: URI gs://.*/none\*") as failed:
        keys(tmp_path, "a/*", "none*")
    assert failed.value.code == 9


def test_the_limits_are_those_of_all_files_together(tmp_path: Path) -> None:
    with pytest.raises(JobFailure, match="more than 9 rows"):
        keys(tmp_path, "*", knobs=Knobs(max_rows=9))
    assert len(keys(tmp_path, "*", knobs=Knobs(max_rows=10))) == 10
    size = sum(len(content) for content in FILES.values())
    with pytest.raises(JobFailure, match="larger than"):
        keys(tmp_path, "*", knobs=Knobs(max_input_bytes=size - 1))
    assert len(keys(tmp_path, "*", knobs=Knobs(max_input_bytes=size))) == 10


@pytest.mark.parametrize("prefix", [False, True])
def test_an_empty_struct_is_the_importers_or_a_querys_error(
    tmp_path: Path, prefix: bool
) -> None:
    content = b'{"request":{"tools":{"googleSearch":{}}}}\n'
    work = RowWork(
        tmp_path,
        MemoryStorage({"in.jsonl": content}),
        Knobs(query_error_prefix=prefix),
    )
    with pytest.raises(JobFailure) as failed:
        work.imported()
    begin = "documentation. Query error: Cannot" if prefix else "documentation. Cannot"
    words = f"{begin} store struct 'request.tools.googleSearch' with no fields"
    assert words in failed.value.message
