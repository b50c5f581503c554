"""
The first part of a job: its input, from storage to rows on disk, checked.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.failures import (
    bad_import,
    missing_input,
    not_permitted,
    system_error,
    unknown_bucket,
)
from localcloud.vertex.rows.gcs.storage_http import (
    DeniedError,
    MissingError,
    StorageError,
    StorageHttp,
)
from localcloud.vertex.rows.gcs.uris import ObjectName, matching, parse_uri
from localcloud.vertex.rows.orders import Order
from localcloud.vertex.rows.spool import Spool, SpoolWriter
from localcloud.vertex.rows.stages.inference import Inference, SchemaError
from localcloud.vertex.rows.stages.numeric_text import NumericText

SCHEMA_FILE = "schema.json"
INPUT_SPOOL = "input"

# How much is read before another job has its turn.
_SLICE_BYTES = 4 << 20
# A line of many small values takes 30 times its size in memory once decoded.
_MANY_VALUES = 500_000
_LONG_LINE = 1 << 20

_decode = msgspec.json.Decoder().decode


def import_rows(
    order: Order, folder: Path, storage: StorageHttp, knobs: Knobs
) -> Iterator[None]:
    """
    Make the job's rows ready to run; raise a JobFailure if they can't be.

    Yields now and then, so that other jobs have their turn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spool = Spool(folder, INPUT_SPOOL)
    spool.remove()
    try:
        _check_buckets(order, storage)
        inference = Inference(knobs)
        numeric = NumericText()
        with SpoolWriter(spool) as writer:
            for row in _rows(order, storage, knobs, writer):
                if row is None:
                    yield
                    continue
                inference.see(row)
                if knobs.coerce_numeric_ids:
                    numeric.see(row)
            writer.flush()
            if not writer.rows:
                raise bad_import("The input has no rows.")
        inference.finish()
    except SchemaError as error:
        prefix = "Query error: " if error.by_query and knobs.query_error_prefix else ""
        raise bad_import(f"{prefix}{error}") from error
    except StorageError as error:
        raise system_error() from error
    schema = {"fields": inference.gaps(), "numeric": sorted(numeric.names())}
    (folder / SCHEMA_FILE).write_text(json.dumps(schema), encoding="utf-8")


def read_schema(folder: Path) -> dict[str, Any]:
    """
    What the import has found of all rows.
    """
    found: dict[str, Any] = json.loads(
        (folder / SCHEMA_FILE).read_text(encoding="utf-8")
    )
    return found


def _check_buckets(order: Order, storage: StorageHttp) -> None:
    for uri in (*order.input_uris, order.output_uri):
        found = parse_uri(uri)
        bucket = uri if found is None else found.bucket
        try:
            storage.check_bucket(bucket)
        except (MissingError, DeniedError) as error:
            raise unknown_bucket(bucket) from error


def _rows(
    order: Order, storage: StorageHttp, knobs: Knobs, writer: SpoolWriter
) -> Iterator[dict[str, Any] | None]:
    """
    Each row, written to the spool; None where others may have their turn.
    """
    total = 0
    seen: set[ObjectName] = set()
    for uri in order.input_uris:
        try:
            for found in matching(uri, storage):
                if knobs.overlapping_inputs_once and found in seen:
                    continue
                seen.add(found)
                info = storage.info(found.bucket, found.name)
                total += info.size
                if total > knobs.max_input_bytes:
                    raise bad_import(
                        f"The input is larger than {knobs.max_input_bytes} bytes."
                    )
                chunks = storage.read(found.bucket, found.name, info.generation)
                yield from _parsed(found, chunks, knobs, writer)
        except MissingError as error:
            raise missing_input(uri, knobs.missing_object_code) from error
        except DeniedError as error:
            raise not_permitted(
                order.project, "storage.objects.get", "read", uri
            ) from error


def _parsed(
    found: ObjectName, chunks: Iterator[bytes], knobs: Knobs, writer: SpoolWriter
) -> Iterator[dict[str, Any] | None]:
    position = 0
    unread = 0
    for line in _lines(chunks, knobs.max_line_bytes):
        if line.strip():
            row = _parse(line, position, found)
            writer.add(line.rstrip(b"\r\n") + b"\n")
            if writer.rows > knobs.max_rows:
                raise bad_import(f"The input has more than {knobs.max_rows} rows.")
            yield row
        position += len(line)
        unread += len(line)
        if unread > _SLICE_BYTES:
            unread = 0
            yield None


def _lines(chunks: Iterator[bytes], longest: int) -> Iterator[bytes]:
    """
    The lines, each with its end; the last one may have none.
    """
    rest: list[bytes] = []
    rest_size = 0
    for chunk in chunks:
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            line = chunk[start : end + 1]
            if rest:
                line = b"".join((*rest, line))
                rest.clear()
                rest_size = 0
            yield line
            start = end + 1
        if start < len(chunk):
            rest.append(chunk[start:])
            rest_size += len(chunk) - start
        if rest_size > longest:
            raise bad_import(f"Row size is larger than: {longest}.")
    if rest:
        yield b"".join(rest)


def _parse(line: bytes, position: int, found: ObjectName) -> dict[str, Any]:
    where = f"row starting at position {position}. File: {found.uri}"
    if len(line) > _LONG_LINE:
        values = line.count(b"{") + line.count(b"[") + line.count(b",")
        if values > _MANY_VALUES:
            raise bad_import(f"Too many values in {where}")
    try:
        row = _decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad_import(
            "Error while reading data, error message: JSON parsing error in "
            f"{where}: {error}"
        ) from error
    if not isinstance(row, dict):
        raise bad_import(
            "Error while reading data, error message: JSON parsing error in "
            f"{where}: Start of a JSON object expected."
        )
    if not isinstance(row.get("request"), dict | str):
        raise bad_import(f"Column `request` is missing in {where}")
    return row
