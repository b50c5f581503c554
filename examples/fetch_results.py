"""
Downloads the results of a drop into one local file and says how the rows went.

    python examples/fetch_results.py gs://RESULTS/<results prefix>/<drop id>/
    python examples/subscriber.py ... --json --count 1 |
        python examples/fetch_results.py -
    python examples/fetch_results.py --results RESULTS --dropped reviews/today.jsonl

Exits with 0 if every row of the drop has an answer, with 1 if not. Rows come in
the order in which Vertex AI wrote them: tell them apart by `key`.

A message that says that the drop is late ends nothing: with `-`, it is told of, and
the next message on standard input is read.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from google.api_core.exceptions import GoogleAPICallError, NotFound
from google.cloud.storage import Client

_PREDICTIONS = re.compile(r"predictions[^/]*\.jsonl")
_LONGEST_NAME = 900


class NoResultsError(Exception):
    """There is nothing to fetch; the message says why."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many rows were read, and how many of them have an answer."""

    rows: int = 0
    ok: int = 0

    @property
    def failed(self) -> int:
        """Rows without an answer."""
        return self.rows - self.ok

    def count(self, line: bytes | bytearray) -> None:
        """
        Count one row. A failed row says so in `status`; a blocked one has an empty
        status and no candidates.
        """
        if not line.strip():
            return
        self.rows += 1
        try:
            row = json.loads(line)
            response = row.get("response") or {}
            self.ok += not row.get("status") and bool(response.get("candidates"))
        except (ValueError, AttributeError):
            return


class CountingFile:
    """A file that counts rows as they are written; holds one row at a time."""

    def __init__(self, file: IO[bytes], tally: Tally) -> None:
        self._file = file
        self._tally = tally
        self._rest = bytearray()

    def write(self, data: bytes) -> int:
        """Write what was downloaded."""
        self._file.write(data)
        first, *others = data.split(b"\n")
        self._rest += first
        for piece in others:
            self._tally.count(self._rest)
            self._rest = bytearray(piece)
        return len(data)

    def end_object(self) -> None:
        """End the last row, if the object didn't."""
        if self._rest:
            self.write(b"\n")


def fetch(client: Any, drop: dict[str, Any], target: Path) -> Tally:
    """Stream every row that the drop's jobs wrote into `target`, or leave no file."""
    tally = Tally()
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            counting = CountingFile(file, tally)
            for folder in drop["raw_output_uris"]:
                for blob in prediction_files(client, folder):
                    # One GET, with the checksum compared and a broken connection
                    # resumed. Listed blobs carry their generation: it is pinned.
                    blob.download_to_file(counting)
                    counting.end_object()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return tally


def prediction_files(client: Any, folder: str) -> Iterator[Any]:
    """
    Every `predictions*.jsonl` of a folder that Vertex AI wrote, apart from the
    copies that it keeps while a job runs.
    """
    bucket, prefix = split_uri(folder)
    for blob in client.list_blobs(bucket, prefix=prefix):
        *folders, name = blob.name.removeprefix(prefix).split("/")
        running = any("incremental_predictions" in each for each in folders)
        if _PREDICTIONS.fullmatch(name) and not running:
            yield blob


def read_drop(client: Any, output_uri: str) -> dict[str, Any]:
    """Return what `drop.json` in the drop's folder says."""
    bucket, folder = split_uri(output_uri)
    return _read(client.bucket(bucket), f"{folder.rstrip('/')}/drop.json")


def find_drop(
    client: Any, results: str, name: str, generation: str | None
) -> dict[str, Any]:
    """Return the drop of a file by its name; of its last generation if none is said."""
    bucket = client.bucket(results)
    folder = f"by-name/{quoted(name)}/"
    if generation is None:
        known = [
            int(Path(blob.name).stem)
            for blob in client.list_blobs(results, prefix=folder)
        ]
        if not known:
            raise NoResultsError(
                f"no drop of that name has ended: gs://{results}/{folder}"
            )
        generation = str(max(known))
    pointer = _read(bucket, f"{folder}{generation}.json")
    return read_drop(client, pointer["output_uri"])


def quoted(name: str) -> str:
    """A dropped object's name as it is under `by-name/`; a long one is cut."""
    whole = quote(name, safe="")
    if len(whole) <= _LONGEST_NAME:
        return whole
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return f"{whole[: _LONGEST_NAME - 40]}%~{digest}"


def split_uri(uri: str) -> tuple[str, str]:
    """The bucket and the object's name (or prefix) of a gs:// URI."""
    found = re.fullmatch(r"gs://([^/]+)/(.+)", uri)
    if not found:
        raise NoResultsError(f"not a gs:// URI of a folder: {uri!r}")
    return found[1], found[2]


def _read(bucket: Any, name: str) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(bucket.blob(name).download_as_bytes())
    except NotFound as error:
        raise NoResultsError(
            f"no gs://{bucket.name}/{name}: the drop has not ended, or never was"
        ) from error
    return read


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Download the results of a drop.")
    parser.add_argument(
        "source", nargs="?", help="an output_uri, or - for a message on standard input"
    )
    parser.add_argument("--dropped", metavar="NAME", help="the dropped object's name")
    parser.add_argument("--generation", help="which one (default: the last that ended)")
    parser.add_argument("--results", metavar="BUCKET", help="the results bucket")
    parser.add_argument("--to", type=Path, help="the file (default: <drop id>.jsonl)")
    asked = parser.parse_args()
    if (asked.source is None) == (asked.dropped is None):
        parser.error("say either an output_uri (or -) or --dropped NAME")
    if asked.dropped is not None and asked.results is None:
        parser.error("--dropped needs --results BUCKET")
    return asked


def chosen_drop(
    client: Any, asked: argparse.Namespace, stdin: IO[str]
) -> dict[str, Any]:
    """Return the data of the drop that was asked for."""
    if asked.dropped is not None:
        return find_drop(client, asked.results, asked.dropped, asked.generation)
    if asked.source != "-":
        return read_drop(client, asked.source)
    return read_drop(client, last_message(stdin)["output_uri"])


def last_message(lines: Iterable[str]) -> dict[str, Any]:
    """
    Return the data of the first message that ends a drop, and say of those before it
    that theirs goes on.
    """
    for line in lines:
        try:
            message = json.loads(line)
            said: dict[str, Any] = message.get("data", message)
            _, outcome = said["output_uri"], said.get("outcome")
        except (ValueError, AttributeError, KeyError, TypeError) as error:
            raise NoResultsError("no message of dropbatch on standard input") from error
        if outcome != "late":
            return said
        late = f"late ({said.get('reason')})"
        print(f"{late}: the drop goes on, its results come later", file=sys.stderr)
    raise NoResultsError("no message that ends a drop on standard input")


def main() -> int:
    """Fetch, and say how it went."""
    asked = arguments()
    client = Client()
    try:
        drop = chosen_drop(client, asked, sys.stdin)
        target = asked.to or Path(f"{drop['drop']['id']}.jsonl")
        tally = fetch(client, drop, target)
    except (NoResultsError, GoogleAPICallError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{drop['outcome']}: {tally.rows} rows, {tally.ok} ok, {tally.failed} failed "
        f"-> {os.fspath(target)}"
    )
    if drop.get("error"):
        print(f"{drop['error']['code']}: {drop['error']['message']}", file=sys.stderr)
    if drop.get("report_uri"):
        print(f"what was wrong with the file: {drop['report_uri']}", file=sys.stderr)
    dropped = (drop.get("counts") or {}).get("rows", tally.rows)
    return 0 if drop["outcome"] == "completed" and tally.ok == dropped else 1


if __name__ == "__main__":
    sys.exit(main())
