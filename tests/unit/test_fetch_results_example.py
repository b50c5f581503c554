"""`examples/fetch_results.py`, on a results bucket that is a dictionary."""

import argparse
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import NotFound

from examples.fetch_results import (
    CountingFile,
    NoResultsError,
    Tally,
    chosen_drop,
    fetch,
    find_drop,
    quoted,
    read_drop,
)

DROP_ID = "0" * 32
FOLDER = f"out/{DROP_ID}/"
RAW = f"{FOLDER}raw/s0a0/prediction-model-2026-11-01T00:00:00.000001Z/"
ANSWERED = {"status": "", "response": {"candidates": [{"finishReason": "STOP"}]}}
BLOCKED = {"status": "", "response": {"promptFeedback": {"blockReason": "SAFETY"}}}
REFUSED = {"status": "Bad Request: {}", "response": {}}


@dataclass(frozen=True, slots=True)
class _Blob:
    client: "_Client"
    name: str

    def download_as_bytes(self) -> bytes:
        if self.name not in self.client.objects:
            raise NotFound(self.name)  # type: ignore[no-untyped-call]  # Google's class is untyped
        return self.client.objects[self.name]

    def download_to_file(self, file: CountingFile) -> None:
        data = self.download_as_bytes()
        for start in range(0, len(data), 7):
            file.write(data[start : start + 7])


@dataclass(frozen=True, slots=True)
class _Client:
    """What the program uses of `google.cloud.storage.Client`, for one bucket."""

    objects: dict[str, bytes]
    name: str = "results"

    def bucket(self, name: str) -> "_Client":
        assert name == self.name
        return self

    def blob(self, name: str) -> _Blob:
        return _Blob(self, name)

    def list_blobs(self, bucket: str, *, prefix: str) -> Iterator[_Blob]:
        assert bucket == self.name
        yield from (
            _Blob(self, n) for n in sorted(self.objects) if n.startswith(prefix)
        )


def lines(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def data(**beside: Any) -> dict[str, Any]:
    return {
        "drop": {"id": DROP_ID},
        "output_uri": f"gs://results/{FOLDER}",
        "raw_output_uris": [f"gs://results/{RAW}"],
    } | beside


@pytest.fixture
def client() -> _Client:
    return _Client(
        {
            f"{FOLDER}drop.json": json.dumps(data()).encode(),
            f"{RAW}predictions.jsonl": lines(ANSWERED, REFUSED),
            f"{RAW}predictions_0001.jsonl": lines(BLOCKED, ANSWERED) + b"\n",
            f"{RAW}incremental_predictions/predictions.jsonl": lines(ANSWERED),
            f"{RAW}notes.txt": b"no row",
        }
    )


def test_every_prediction_is_fetched_and_counted_but_no_incremental_copy(
    client: _Client, tmp_path: Path
) -> None:
    target = tmp_path / "rows.jsonl"
    tally = fetch(client, data(), target)
    assert (tally.rows, tally.ok, tally.failed) == (4, 2, 2)
    rows = [json.loads(line) for line in target.read_bytes().splitlines()]
    assert rows == [ANSWERED, REFUSED, BLOCKED, ANSWERED]
    assert list(tmp_path.iterdir()) == [target]


def test_a_download_that_breaks_leaves_no_file(tmp_path: Path) -> None:
    class _Cut(_Client):
        def list_blobs(self, bucket: str, *, prefix: str) -> Iterator[_Blob]:
            raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        fetch(_Cut({}), data(), tmp_path / "rows.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_is_no_json_counts_as_failed() -> None:
    tally = Tally()
    for line in (b"{", b"[]", b"null", b"", b'{"response": 3}'):
        tally.count(line)
    assert (tally.rows, tally.ok) == (4, 0)


def test_a_drop_is_found_by_the_name_of_the_file_in_its_last_generation(
    client: _Client,
) -> None:
    for generation in ("9", "10"):
        pointer = data() if generation == "10" else {"output_uri": "gs://results/old/"}
        name = f"by-name/reviews%2Fday%201.jsonl/{generation}.json"
        client.objects[name] = json.dumps(pointer).encode()
    assert find_drop(client, "results", "reviews/day 1.jsonl", None) == data()
    with pytest.raises(NoResultsError, match=r"gs://results/old/drop\.json"):
        find_drop(client, "results", "reviews/day 1.jsonl", "9")


def test_a_long_name_is_cut_and_closed_with_its_hash() -> None:
    assert len(quoted("ü" * 500)) < 1000
    assert quoted("ü" * 500) != quoted("ü" * 501)


@pytest.mark.parametrize("uri", ["gs://results", "https://x/y", "gs:///a"])
def test_what_is_no_folder_in_a_bucket_is_refused(client: _Client, uri: str) -> None:
    with pytest.raises(NoResultsError):
        read_drop(client, uri)


def test_a_drop_that_has_not_ended_is_said_to_be_so(client: _Client) -> None:
    with pytest.raises(NoResultsError, match="has not ended"):
        read_drop(client, "gs://results/out/none/")


@pytest.mark.parametrize("line", ["", "no json", "[]", "{}", '{"data": {}}'])
def test_what_is_no_message_on_standard_input_is_said_to_be_so(
    client: _Client, line: str
) -> None:
    asked = argparse.Namespace(source="-", dropped=None)
    with pytest.raises(NoResultsError, match="no message"):
        chosen_drop(client, asked, io.StringIO(line))


def test_a_message_on_standard_input_leads_to_the_drop(client: _Client) -> None:
    for message in ({"attributes": {}, "data": data()}, data()):
        asked = argparse.Namespace(source="-", dropped=None)
        stdin = io.StringIO(json.dumps(message) + "\n")
        assert chosen_drop(client, asked, stdin) == data()


def test_an_output_uri_is_taken_with_and_without_its_last_slash(
    client: _Client,
) -> None:
    for uri in (f"gs://results/{FOLDER}", f"gs://results/{FOLDER}".rstrip("/")):
        asked = argparse.Namespace(source=uri, dropped=None)
        assert chosen_drop(client, asked, io.StringIO()) == data()


def test_a_late_message_is_told_of_and_the_one_that_ends_the_drop_is_taken(
    client: _Client, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = argparse.Namespace(source="-", dropped=None)
    late = data(outcome="late", reason="paused")
    stdin = io.StringIO(
        "\n".join(json.dumps({"data": each}) for each in (late, data()))
    )

    assert chosen_drop(client, asked, stdin) == data()
    assert "late (paused): the drop goes on" in capsys.readouterr().err


def test_a_late_message_alone_is_no_end(client: _Client) -> None:
    asked = argparse.Namespace(source="-", dropped=None)
    stdin = io.StringIO(json.dumps({"data": data(outcome="late", reason="paused")}))

    with pytest.raises(NoResultsError, match="no message that ends a drop"):
        chosen_drop(client, asked, stdin)
