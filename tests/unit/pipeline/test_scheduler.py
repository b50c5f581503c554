import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from localcloud.pipeline.scheduler import Scheduler
from tests.unit.pipeline.conftest import Call, Receiver, until, within_limit


@asynccontextmanager
async def scheduler(
    receiver: Receiver, deadline: float = 5, path: str = "/"
) -> AsyncIterator[None]:
    made = Scheduler(
        job="local-poll-jobs",
        target=receiver.where,
        token="token for {}".format,
        period_seconds=0.02,
        deadline_seconds=deadline,
        path=path,
    )
    made.start()
    try:
        yield
    finally:
        await made.stop()


def test_a_call_carries_what_cloud_scheduler_sends() -> None:
    async def test() -> None:
        async with Receiver().serving() as receiver, scheduler(receiver):
            await until(lambda: len(receiver.calls) >= 2)

        headers = receiver.calls[0].headers
        assert headers["x-cloudscheduler"] == "true"
        assert headers["x-cloudscheduler-jobname"] == "local-poll-jobs"
        assert datetime.fromisoformat(headers["x-cloudscheduler-scheduletime"]).tzinfo
        assert headers["user-agent"] == "Google-Cloud-Scheduler"
        assert headers["content-type"] == "application/octet-stream"
        assert headers["authorization"].startswith("Bearer token for http://")

    within_limit(test())


def test_a_path_is_asked_for_with_a_token_for_the_address() -> None:
    async def test() -> None:
        receiver = Receiver()
        async with receiver.serving(), scheduler(receiver, path="/backstop"):
            await until(lambda: receiver.calls)
            address = receiver.url

        assert receiver.paths[0] == "/backstop"
        told = receiver.calls[0].headers["authorization"]
        assert told == f"Bearer token for {address}"

    within_limit(test())


def test_there_are_never_two_calls_at_once() -> None:
    async def test() -> None:
        async def slower_than_the_period(call: Call) -> int:
            await asyncio.sleep(0.1)
            return 200

        receiver = Receiver(behaviour=slower_than_the_period)
        async with receiver.serving(), scheduler(receiver):
            await until(lambda: receiver.answered >= 3)

        assert receiver.most_active == 1

    within_limit(test())


def test_failures_and_absence_do_not_stop_it() -> None:
    async def test() -> None:
        async def failing(call: Call) -> int:
            return 500

        receiver = Receiver(behaviour=failing)
        async with scheduler(receiver):
            async with receiver.serving():
                await until(lambda: len(receiver.calls) >= 2)
            before = len(receiver.calls)
            async with receiver.serving():
                await until(lambda: len(receiver.calls) > before)

    within_limit(test())


def test_a_call_past_the_deadline_is_given_up() -> None:
    async def test() -> None:
        async def hanging(call: Call) -> int:
            await asyncio.Event().wait()
            return 200

        receiver = Receiver(behaviour=hanging)
        async with receiver.serving(), scheduler(receiver, deadline=0.1):
            await until(lambda: len(receiver.calls) >= 2)

    within_limit(test())
