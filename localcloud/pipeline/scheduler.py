"""
Cloud Scheduler, as far as a job with an HTTP target goes.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import aiohttp

_logger = logging.getLogger(__name__)


class Scheduler:
    """
    Calls a function every so many seconds, never twice at once.

    A call that takes longer than the period delays the next one; one that takes longer
    than the deadline is given up, and the function may still be at work. `token` makes
    an identity token for an audience, which is the function's address; `path` is what
    is asked for there.
    """

    def __init__(
        self,
        *,
        job: str,
        target: Callable[[], str | None],
        token: Callable[[str], str],
        period_seconds: float,
        deadline_seconds: float,
        path: str = "/",
        begins_after_seconds: float = 0,
    ) -> None:
        self._job = job
        self._target = target
        self._token = token
        self._period = period_seconds
        self._deadline = deadline_seconds
        self._path = path
        self._begins_after = begins_after_seconds
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    def start(self) -> None:
        """
        Begin; the first call is made at once, or so many seconds later as is wanted.
        """
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """
        Stop calling; a call under way is given up.
        """
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            timeout=aiohttp.ClientTimeout(total=self._deadline),
        ) as session:
            due = loop.time() + self._begins_after
            while True:
                await asyncio.sleep(due - loop.time())
                self._tell(await self._call(session))
                due = max(due + self._period, loop.time())

    async def _call(self, session: aiohttp.ClientSession) -> str | None:
        url = self._target()
        if url is None:
            return "the function is not served"
        headers = {
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": self._job,
            "X-CloudScheduler-ScheduleTime": _now(),
            "Content-Type": "application/octet-stream",
            "Authorization": f"Bearer {self._token(url)}",
        }
        try:
            async with session.post(
                url.rstrip("/") + self._path,
                data=b"",
                headers=headers,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                if 200 <= answer.status < 300:
                    return None
                return f"the function answered {answer.status}"
        except TimeoutError:
            return f"no answer within {self._deadline:g} s"
        except (aiohttp.ClientError, OSError) as error:
            return f"the function can't be reached: {error}"

    def _tell(self, failure: str | None) -> None:
        # Once for a row of failures, not once a second.
        if failure and not self._failing:
            _logger.warning("%s: %s", self._job, failure)
        self._failing = failure is not None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
