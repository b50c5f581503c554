"""
From an object in storage to rows that can run.
"""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.failures import JobFailure
from localcloud.vertex.rows.spool import Spool, SpoolReader
from localcloud.vertex.rows.stages.import_rows import INPUT_SPOOL
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage
from tests.unit.vertex.row_work import RowWork, jsonl, text_row

GOOD = jsonl(text_row("Hello"))


def failure(tmp_path: Path, content: bytes, knobs: Knobs | None = None) -> JobFailure:
    """
    Why the import of this input fails.
    """
    work = RowWork(tmp_path, MemoryStorage({"in.jsonl": content}), knobs)
    with pytest.raises(JobFailure) as failed:
        work.imported()
    return failed.value


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The input has no rows."),
        (b"\n\r\n  \n", "The input has no rows."),
        (GOOD + b'{"request": {"a": ', "JSON parsing error in row starting at"),
        (b"a,b,c\n1,2,3\n", "JSON parsing error"),
        (b"\xff\xfe" + GOOD, "JSON parsing error"),
        (b'{"request": {"a": "\xff"}}\n', "JSON parsing error"),
        (b'{"request": {"a": NaN}}\n', "JSON parsing error"),
        (b'{"request": ' + b'{"a":' * 5_000 + b"}" * 5_000 + b"}\n", "JSON parsing"),
        (b'["request"]\n', "Start of a JSON object expected"),
        (GOOD + b'{"contents": []}\n', "Column `request` is missing"),
        (b'{"request": null}\n', "Column `request` is missing"),
        (b'{"request": [1]}\n', "Column `request` is missing"),
        (b'{"request": {}}\n', "Cannot store struct 'request' with no fields"),
    ],
)
def test_one_bad_line_fails_the_whole_job(
    tmp_path: Path, content: bytes, words: str
) -> None:
    failed = failure(tmp_path, content)
    assert failed.code == 3
    assert failed.message.startswith("Failed to import data. Please check 'Prepare")
    assert words in failed.message


def test_a_bad_line_is_named_by_its_place(tmp_path: Path) -> None:
    failed = failure(tmp_path, GOOD + GOOD + b"oops\n")
    assert f"row starting at position {2 * len(GOOD)}. File: gs://" in failed.message


def test_limits_are_those_of_the_service(tmp_path: Path) -> None:
    assert Knobs().max_rows == 200_000
    assert Knobs().max_input_bytes == 1_000_000_000
    rows = failure(tmp_path, GOOD * 4, Knobs(max_rows=3))
    assert "more than 3 rows" in rows.message
    size = failure(tmp_path, GOOD * 4, Knobs(max_input_bytes=len(GOOD) * 4 - 1))
    assert "larger than" in size.message


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_that_never_ends_is_not_collected(tmp_path: Path, end: bytes) -> None:
    content = b'{"request": {"a": "' + b"x" * 5_000 + b'"}}' + end
    failed = failure(tmp_path, content, Knobs(max_line_bytes=2_000))
    assert "Row size is larger than: 2000" in failed.message


def test_a_line_of_very_many_values_is_refused_before_it_is_read(
    tmp_path: Path,
) -> None:
    content = b'{"request": {"a": [' + b"1," * 600_000 + b"1]}}\n"
    assert "Too many values" in failure(tmp_path, content).message


def test_what_cannot_be_reached_fails_the_job_with_its_own_code(
    tmp_path: Path,
) -> None:
    storage = MemoryStorage({"in.jsonl": GOOD})
    storage.denied.add("secret.jsonl")
    storage.broken.add("broken.jsonl")
    wanted = {
        "gs://no-such-bucket/in.jsonl": (
            9,
            "Failed to get GCS bucket location for no-such-bucket. Please check that "
            "the bucket exists and permissions are set correctly.",
        ),
        f"gs://{BUCKET}/none.jsonl": (9, f"Not found: URI gs://{BUCKET}/none.jsonl"),
        f"gs://{BUCKET}/none*": (9, f"Not found: URI gs://{BUCKET}/none*"),
        f"gs://{BUCKET}/secret.jsonl": (
            7,
            "Service account service-1234@gcp-sa-aiplatform.iam.gserviceaccount.com "
            'doesn\'t have sufficient permission "storage.objects.get"',
        ),
        f"gs://{BUCKET}/broken.jsonl": (13, "System error."),
    }
    for uri, (code, words) in wanted.items():
        with pytest.raises(JobFailure) as failed:
            RowWork(tmp_path, storage, uris=(uri,)).imported()
        assert (failed.value.code, words in failed.value.message) == (code, True)


def test_a_missing_output_bucket_fails_the_job_before_it_runs(tmp_path: Path) -> None:
    work = RowWork(tmp_path, MemoryStorage({"in.jsonl": GOOD}))
    work.order = msgspec.structs.replace(
        work.order, output_uri="gs://nowhere-at-all/out/predictions.jsonl"
    )
    with pytest.raises(JobFailure, match="bucket location for nowhere-at-all"):
        work.imported()


def test_several_files_and_wildcards_are_one_input(tmp_path: Path) -> None:
    storage = MemoryStorage(
        {
            "a/1.jsonl": jsonl(text_row("1")),
            "a/b/2.jsonl": jsonl(text_row("2")),
            "a/3.txt": b"no rows",
            "b[1]?.jsonl": jsonl(text_row("3")),
        }
    )
    uris = (f"gs://{BUCKET}/a/*.jsonl", f"gs://{BUCKET}/b[1]?.jsonl")
    assert RowWork(tmp_path, storage, uris=uris).imported() == 3


def test_one_schema_holds_for_all_files(tmp_path: Path) -> None:
    storage = MemoryStorage(
        {
            "1.jsonl": jsonl(text_row("1", key=1)),
            "2.jsonl": jsonl(text_row("2", key="x")),
        }
    )
    with pytest.raises(JobFailure, match="Field: key"):
        RowWork(tmp_path, storage, uris=(f"gs://{BUCKET}/*.jsonl",)).imported()


_ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n   \n"])


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3_000), _ENDS), min_size=1, max_size=8))
def test_rows_are_what_stands_between_line_feeds(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, bytes]]
) -> None:
    """
    Whatever the pieces in which the content arrives, and the ends of lines.
    """
    rows = [text_row(text) for text, _ in lines]
    content = b"".join(
        json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + end
        for row, (_, end) in zip(rows, lines, strict=True)
    )
    folder = tmp_path_factory.mktemp("rows")
    work = RowWork(folder, MemoryStorage({"in.jsonl": content}))
    assert work.imported() == len(rows)
    reader = SpoolReader(Spool(folder, INPUT_SPOOL))
    assert [json.loads(reader.line(n)) for n in range(len(reader))] == rows
    reader.rest()
