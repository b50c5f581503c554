"""
Answers that were given before, by Google's service or by a run of the local cloud.
"""

from collections.abc import Callable

from localcloud.google_codes import Code
from localcloud.vertex.answers.answer import Asked
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.recording import Recording


class RecordedFailure(RowError):
    """
    The row failed when it was recorded, and fails now with the same status.
    """

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self._status = status

    def status(self) -> str:
        return self._status


class Recorded:
    """
    Answers a row with what was recorded for its request, or else for its key.

    A row that was never recorded is handed to `otherwise`, or fails and says so.
    """

    def __init__(
        self, recording: Recording, otherwise: Callable[[Asked], Json] | None = None
    ) -> None:
        self._recording = recording
        self._otherwise = otherwise

    def __call__(self, asked: Asked) -> Json:
        line = self._recording.find(asked.request, asked.key)
        if line is None:
            if self._otherwise is not None:
                return self._otherwise(asked)
            raise self._unknown(asked)
        if line.get("status"):
            raise RecordedFailure(line["status"])
        response: Json = line["response"] or {}
        if "createTime" in response:
            # The answer is the old one, and is given now.
            response["createTime"] = asked.create_time
        return response

    def _unknown(self, asked: Asked) -> RowError:
        key = "" if asked.key is None else f" and none with its key {asked.key!r:.200}"
        return RowError(
            f"No answer to this request{key} is recorded in "
            f"{self._recording.file}. (With recorded:FILE?otherwise=simulated such "
            "rows get simulated answers.)",
            Code.NOT_FOUND,
        )
