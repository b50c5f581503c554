"""
Rows that are to go wrong: which ones, and what they get instead of an answer.
"""

from hashlib import blake2b
from typing import Any

from localcloud.google_codes import Code
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.jobs.scripts import RowFault

MISSING = "missing"


class RowFaults:
    """
    The faults of one job. The same row of the same job always meets the same.
    """

    def __init__(self, job: str, faults: tuple[RowFault, ...]) -> None:
        self._job = job.encode()
        self._faults = faults

    def of(self, row: int) -> RowFault | None:
        """
        What befalls a row, counted from 0 in the input.
        """
        if not self._faults:
            return None
        digest = blake2b(b"%d" % row, key=self._job[:64], digest_size=8).digest()
        place = int.from_bytes(digest) / 2**64
        for fault in self._faults:
            if place < fault.share:
                return fault
            place -= fault.share
        return None


def befall(fault: RowFault, response: dict[str, Any]) -> dict[str, Any]:
    """
    The response that a row gets which meets the fault, or its RowError.
    """
    match fault.kind:
        case "blocked":
            blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
            kept = {
                name: value for name, value in response.items() if name != "candidates"
            }
            return blocked | kept
        case "no_text":
            return response | {"candidates": [{"finishReason": "RECITATION"}]}
        case "truncated":
            return response | {
                "candidates": [_cut(each) for each in response.get("candidates", [])]
            }
    raise RowError(fault.message, Code(fault.code))


def _cut(candidate: dict[str, Any]) -> dict[str, Any]:
    content = candidate.get("content", {})
    parts = [
        {"text": part["text"][: len(part["text"]) // 2]} if "text" in part else part
        for part in content.get("parts", [])
    ]
    return candidate | {
        "content": content | {"parts": parts},
        "finishReason": "MAX_TOKENS",
    }
