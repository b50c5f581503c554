"""
A case of bad input played: uploaded, its event posted to the real function over the
in-memory fakes, polled until it ends; and all that anybody could then read.
"""

import contextlib
import io
import json
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared import wiring
from shared.drops import FINALIZED, Drop
from tests.corpus.cases import Accepted, Case, Retried
from tests.fakes import ENVIRONMENT, FakeCloud
from tests.handlers.serving import served

ROUTES = json.dumps(
    [
        {"prefix": "in/", "model": "gemini-2.5-flash"},
        {"prefix": "/", "model": "gemini-2.5-flash", "results_prefix": "slash"},
    ]
)


@dataclass(kw_only=True)
class Played:
    """
    What came of a case. `printed` is all of stdout, stderr and every logger at every
    level; `statuses` the answers to its events, `seconds` the CPU time of the first.
    """

    cloud: FakeCloud
    drops: list[Drop] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    printed: str = ""
    seconds: float = 0
    bytes_read: int = 0

    def lines(self) -> list[dict[str, Any]]:
        """The facts that the functions logged."""
        return [json.loads(x) for x in self.printed.splitlines() if x[:1] == "{"]

    def message(self, drop: Drop) -> dict[str, Any]:
        """The data of the only message of a drop."""
        all_said = (json.loads(data) for data, _ in self.cloud.announcements.published)
        (said,) = [each for each in all_said if each["drop"]["id"] == drop.drop_id]
        return dict(said)


class Stage:
    """Both functions, served by the real framework from the real `main.py`."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setenv("FUNCTION_TARGET", "submit_job")
        wiring._settings.cache_clear()
        self._patch = patch
        self._submit_job = served("submit_job")
        self._poll_jobs = served("poll_jobs")

    @contextlib.contextmanager
    def hearing(self, cloud: FakeCloud) -> Iterator[Played]:
        """Serve that cloud; what is printed and logged meanwhile is heard."""
        self._patch.setattr(wiring, "submission", cloud.submission)
        self._patch.setattr(wiring, "polling", cloud.polling)
        played, printed = Played(cloud=cloud), io.StringIO()
        with _all_is_heard(printed):
            yield played
        played.printed = printed.getvalue()

    def deliver(
        self,
        played: Played,
        drop: Drop,
        changes: Mapping[str, Any] | None = None,
        kind: str = "",
    ) -> None:
        """Post a drop's event, with these fields changed."""
        answer = self._submit_job.post(
            "/", headers=_headers(kind), json={**_body(drop), **(changes or {})}
        )
        played.answers.append(answer.data)
        played.statuses.append(answer.status_code)

    def end(self, played: Played, rows: int = 1) -> None:
        """Let jobs of so many rows succeed, and poll until nothing is open."""
        cloud = played.cloud
        for _ in range(3):
            cloud.batches.finish(successful=rows)
            cloud.wait(cloud.settings.claim_lease_seconds)
            played.answers.append(self._poll_jobs.post("/").data)

    def play(self, case: Case) -> Played:
        """Everything from the upload to the last message."""
        cloud = FakeCloud(routes=ROUTES)
        with self.hearing(cloud) as played:
            drop = cloud.drop(case.made(), case.object_name)
            played.drops.append(drop)
            _count_bytes(played)
            if case.befall:
                case.befall(cloud, drop)
            started = time.process_time()
            self.deliver(played, drop, case.event, case.kind)
            played.seconds = time.process_time() - started
            played.calls = list(cloud.faults.calls)
            if isinstance(case.outcome, Retried):
                assert cloud.announcements.published == []
                cloud.faults.on_call = lambda _: None
                self.deliver(played, drop)
            if case.twin:
                played.drops.append(case.twin(cloud, drop))
                self.deliver(played, played.drops[-1])
            self.end(
                played, case.outcome.rows if isinstance(case.outcome, Accepted) else 1
            )
        assert cloud.open() == []
        return played


@contextlib.contextmanager
def staged() -> Iterator[Stage]:
    """A stage, until its settings are taken back."""
    with pytest.MonkeyPatch.context() as patch:
        yield Stage(patch)
    wiring._settings.cache_clear()


def _headers(kind: str) -> dict[str, str]:
    return {
        "ce-specversion": "1.0",
        "ce-id": "9147286335406711",
        "ce-source": "//storage.googleapis.com/projects/_/buckets/inbox",
        "ce-type": kind or FINALIZED,
        "ce-time": "2026-11-23T12:00:00Z",
    }


def _body(drop: Drop) -> dict[str, Any]:
    return {
        "kind": "storage#object",
        "bucket": drop.bucket,
        "name": drop.name,
        "generation": str(drop.generation),
        "metageneration": "1",
        "contentType": "application/json",
        "md5Hash": "1B2M2Y8AsgTpgAmY7PhCfg==",
        "timeCreated": drop.dropped_at.isoformat(),
        "size": str(drop.size),
        "crc32c": drop.crc32c,
    }


def _count_bytes(played: Played) -> None:
    objects = played.cloud.objects

    def count() -> None:
        played.bytes_read += objects.chunk

    objects.on_chunk = count


@contextlib.contextmanager
def _all_is_heard(into: io.StringIO) -> Iterator[None]:
    """Whatever is printed or logged, by anybody and at any level, goes there."""
    handler = logging.StreamHandler(into)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(into), contextlib.redirect_stderr(into):
            yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
