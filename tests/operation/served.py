"""
Both functions, served by the real framework over a cloud in memory.
"""

import functions_framework
import pytest
from flask import Flask
from flask.testing import FlaskClient

from functions.poll_jobs import BACKSTOP
from shared import wiring
from shared.drops import FINALIZED, Drop
from tests.fakes import ENVIRONMENT, ROW, FakeCloud


class Served:
    """Both functions over a cloud in memory."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.cloud = FakeCloud()
        for name, value in {"FUNCTION_TARGET": "submit_job", **ENVIRONMENT}.items():
            patch.setenv(name, value)
        wiring._settings.cache_clear()
        patch.setattr(wiring, "submission", self.cloud.submission)
        patch.setattr(wiring, "polling", self.cloud.polling)
        patch.setattr(wiring, "backstop", self.cloud.backstop)
        self._submit_job = _client("submit_job")
        self._poll_jobs = _client("poll_jobs")

    def drop(self, name: str = "in/a.jsonl", content: bytes = ROW) -> Drop:
        """Drop a file, and have its event delivered."""
        drop = self.cloud.drop(content, name)
        self.deliver(drop)
        return drop

    def deliver(self, drop: Drop, **changes: str) -> None:
        body = {
            "bucket": drop.bucket,
            "name": drop.name,
            "generation": str(drop.generation),
            "timeCreated": drop.dropped_at.isoformat(),
            "size": str(drop.size),
            "crc32c": drop.crc32c,
            **changes,
        }
        headers = {
            "ce-specversion": "1.0",
            "ce-id": "1",
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{drop.bucket}",
            "ce-type": FINALIZED,
        }
        assert self._submit_job.post("/", headers=headers, json=body).status_code == 200

    def poll(self, seconds: float = 0) -> None:
        """Let time pass, and a tick come."""
        self.cloud.wait(seconds)
        assert self._poll_jobs.post("/").status_code == 200

    def look_at_inbox(self, seconds: float = 0) -> None:
        """Let time pass, and a look at the inbox come."""
        self.cloud.wait(seconds)
        assert self._poll_jobs.post(BACKSTOP).status_code == 200


def _client(name: str) -> FlaskClient:
    app: Flask = functions_framework.create_app(name, "main.py")  # type: ignore[no-untyped-call]  # it says no types
    return app.test_client()
