"""
Vertex AI over REST: where its jobs are, and what each of its errors is like.
"""

from typing import Any

from tests.contract.vertex_server import PARENT

JOBS = f"{PARENT}/batchPredictionJobs"


def error_of(answer: Any, status: int) -> dict[str, Any]:
    """
    The error, which must be in Google's shape.
    """
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == status
    assert error["message"]
    assert error["status"].isupper()
    return error
