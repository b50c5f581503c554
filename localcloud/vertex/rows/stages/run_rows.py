"""
The second part of a job: an answer to every row, in another order, on disk.
"""

import random
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from localcloud.vertex.answers.answer import Asked, Responder
from localcloud.vertex.answers.prompt import Media
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.rows.orders import Order
from localcloud.vertex.rows.spool import Spool, SpoolReader, SpoolWriter
from localcloud.vertex.rows.stages.echo import Echo
from localcloud.vertex.rows.stages.import_rows import INPUT_SPOOL, read_schema
from localcloud.vertex.rows.stages.row_faults import MISSING, RowFaults, befall
from localcloud.vertex.rows.stages.run_ahead import run_ahead
from localcloud.vertex.rows.stages.slice_clock import SliceClock

OUTPUT_SPOOL = "output"

# How long rows are answered before another job has its turn, and before others
# see what is done.
_SLICE_SECONDS = 0.1
_ROWS_BETWEEN_LOOKS = 32

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def run_rows(
    order: Order,
    folder: Path,
    media: Media,
    respond: Responder | Concurrent,
    knobs: Knobs,
    *,
    slice_seconds: float = _SLICE_SECONDS,
) -> Iterator[bool | None]:
    """
    Answer every row that has no answer yet; after an end of any kind, go on.

    Yields now and then, so that other jobs have their turn; True if this one can do
    nothing until an answer comes.
    """
    line_of = _Lines(order, folder, media, knobs)
    reader = SpoolReader(Spool(folder, INPUT_SPOOL))
    try:
        rows = shuffled(len(reader), order.job if knobs.shuffle else None)
        with SpoolWriter(Spool(folder, OUTPUT_SPOOL)) as writer:
            if isinstance(respond, Concurrent):
                yield from run_ahead(
                    *(rows, reader, writer),
                    responder=respond,
                    asked=line_of.asked,
                    make_line=line_of,
                )
                return
            slice_ends = time.monotonic() + slice_seconds
            for place in range(writer.rows, len(rows)):
                row = rows[place]
                line, failed = line_of(row, reader.line(row), respond)
                writer.add(line, failed=failed)
                if place % _ROWS_BETWEEN_LOOKS == 0 and (time.monotonic() > slice_ends):
                    writer.flush()
                    reader.rest()
                    writer.rest()
                    yield False
                    slice_ends = time.monotonic() + slice_seconds
            writer.flush()
    finally:
        reader.rest()


def shuffled(count: int, seed: str | None) -> "array[int]":
    """
    The order of the rows in the output: any, but for one job always the same.
    """
    rows = array("L", range(count))
    if seed is not None:
        random.Random(seed).shuffle(rows)
        # A few rows in their own order would look as if order were kept.
        if 1 < count < 10 and rows == array("L", range(count)):
            rows.reverse()
    return rows


class _Lines:
    """
    Makes the output line of an input line.
    """

    def __init__(
        self,
        order: Order,
        folder: Path,
        media: Media,
        knobs: Knobs,
    ) -> None:
        self._model = order.model
        self._media = media
        self._knobs = knobs
        self._echo = Echo(read_schema(folder), knobs)
        self._faults = RowFaults(order.job, order.row_faults)
        self._clock = SliceClock()

    def asked(self, number: int, line: bytes) -> Asked | None:
        """
        What a row asks; None if it has its outcome without an answer.
        """
        row: dict[str, Any] = _decode(line)
        fault = self._faults.of(number)
        if fault is not None and fault.kind == MISSING:
            return None
        try:
            return self._asked(row, self._clock.iso())
        except RowError:
            return None

    def __call__(
        self, number: int, line: bytes, respond: Responder
    ) -> tuple[bytes, bool]:
        """
        The output line, and whether the row failed.
        """
        row: dict[str, Any] = _decode(line)
        request = row["request"]
        now = self._clock.iso()
        status = ""
        response: dict[str, Any] | None
        try:
            response = self._response(number, row, now, respond)
        except RowError as error:
            status = _status(error, self._knobs)
            response = {} if self._knobs.failed_response == "empty" else None
        if response is _NO_LINE:
            return b"", True
        out = self._echo.beside(row)
        out["status"] = status
        out["processed_time"] = f"{now[:23]}+00:00"
        out["request"] = self._echo.request(request)
        if response is not None:
            out["response"] = response
        return _encode(out) + b"\n", bool(status)

    def _asked(self, row: dict[str, Any], now: str) -> Asked:
        return Asked(
            request=_parsed(row["request"]),
            model=self._model,
            media=self._media,
            create_time=f"{now[:26]}Z",
            role_required=self._knobs.role_required,
            key=row.get("key"),
        )

    def _response(
        self, number: int, row: dict[str, Any], now: str, respond: Responder
    ) -> dict[str, Any]:
        fault = self._faults.of(number)
        if fault is not None and fault.kind == MISSING:
            return _NO_LINE
        response = respond(self._asked(row, now))
        if fault is not None:
            response = befall(fault, response)
        if self._knobs.model_version_suffix and "modelVersion" in response:
            response["modelVersion"] += self._knobs.model_version_suffix
        if not self._knobs.total_token_count:
            response.get("usageMetadata", {}).pop("totalTokenCount", None)
        return response


_NO_LINE: dict[str, Any] = {}


def _status(error: RowError, knobs: Knobs) -> str:
    status = error.status()
    match knobs.row_status_prefix:
        case "reason":
            return status
        case "bad_request":
            return f"Bad Request: {status.partition(': ')[2]}"
        case "none":
            return status.partition(": ")[2]


def _parsed(request: Any) -> dict[str, Any]:
    """
    The request; a column of text may hold it as JSON.
    """
    if isinstance(request, str):
        try:
            request = _decode(request)
        except (msgspec.DecodeError, RecursionError) as error:
            raise RowError("Invalid JSON payload received.") from error
    if not isinstance(request, dict):
        raise RowError("Invalid JSON payload received. It must be an object.")
    return request
