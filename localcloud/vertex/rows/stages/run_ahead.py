"""
The second part of a job where answers take their time: several rows are asked at
once, and their lines written in the same order as if each had been waited for.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from localcloud.vertex.answers.answer import Asked, Responder
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.rows.spool import SpoolReader, SpoolWriter

# Rows asked ahead of the one that is waited for: each answer that a process took
# with it when it died is asked for again, and each line is held in memory.
_AHEAD_FOR_EACH = 2
_AHEAD_BYTES = 8 << 20
_LINES_BETWEEN_TURNS = 64

MakeLine = Callable[[int, bytes, Responder], tuple[bytes, bool]]
"""
Makes the output line of a row, by number and input line, with what answers it; says
whether the row failed.
"""
MakeAsked = Callable[[int, bytes], Asked | None]
"""
What is to be asked for a row; None if nobody is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    row: int
    line: bytes
    answer: "Future[Json] | None"


def run_ahead(
    rows: Sequence[int],
    reader: SpoolReader,
    writer: SpoolWriter,
    *,
    responder: Concurrent,
    asked: MakeAsked,
    make_line: MakeLine,
) -> Iterator[bool]:
    """
    Answer the rows that have no answer yet.

    Yields True where nothing can be done until an answer comes, False where others
    may have their turn. Closed early, it takes back what was not begun.
    """
    waiting: deque[_Waiting] = deque()
    held = 0
    place = writer.rows
    try:
        while waiting or place < len(rows):
            while (
                place < len(rows)
                and len(waiting) < _AHEAD_FOR_EACH * responder.at_once
                and (held < _AHEAD_BYTES or not waiting)
            ):
                line = reader.line(rows[place])
                ask = asked(rows[place], line)
                answer = None if ask is None else responder.begin(ask)
                waiting.append(_Waiting(row=rows[place], line=line, answer=answer))
                held += len(line)
                place += 1
            first = waiting[0]
            if first.answer is not None and not first.answer.done():
                writer.flush()
                # A thousand jobs may be waiting: none keeps files open meanwhile.
                reader.rest()
                writer.rest()
                yield True
                continue
            made, failed = make_line(first.row, first.line, _given(first.answer))
            writer.add(made, failed=failed)
            waiting.popleft()
            held -= len(first.line)
            if writer.rows % _LINES_BETWEEN_TURNS == 0:
                writer.flush()
                reader.rest()
                writer.rest()
                yield False
        writer.flush()
    finally:
        for each in waiting:
            if each.answer is not None:
                each.answer.cancel()


def _given(answer: "Future[Json] | None") -> Responder:
    """
    What answers with an answer that has come.
    """

    def respond(asked: Asked) -> Json:
        assert answer is not None
        return answer.result()

    return respond
