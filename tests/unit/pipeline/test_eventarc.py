import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from localcloud.pipeline.delivery import DeliveryTerms
from localcloud.storage.disk.outbox import EventType
from tests.unit.pipeline.bridging import bridge
from tests.unit.pipeline.conftest import (
    Call,
    MemoryOutbox,
    Receiver,
    until,
    within_limit,
)


def test_an_event_is_on_the_wire_as_eventarc_puts_it_there() -> None:
    async def test() -> None:
        outbox = MemoryOutbox()
        event = outbox.add('in/a file "ü" 100%.jsonl')
        async with Receiver().serving() as receiver, bridge(outbox, receiver):
            await until(lambda: not outbox.waiting)
            (call,) = receiver.calls

        told = {k: v for k, v in call.headers.items() if k.startswith("ce-")}
        assert told.pop("ce-id").isdigit()
        assert told == {
            "ce-specversion": "1.0",
            "ce-source": "//storage.googleapis.com/projects/_/buckets/inbox",
            "ce-type": "google.cloud.storage.object.v1.finalized",
            "ce-subject": "objects/in/a%20file%20%22%C3%BC%22%20100%25.jsonl",
            "ce-time": event.time,
            "ce-bucket": "inbox",
        }
        assert call.headers["content-type"] == "application/json"
        assert call.headers["authorization"].startswith("Bearer token for http://")
        assert json.loads(call.body) == event.resource

    within_limit(test())


def test_other_buckets_and_other_kinds_are_not_delivered() -> None:
    async def test() -> None:
        outbox = MemoryOutbox()
        outbox.add("a", bucket="results")
        for kind in EventType:
            outbox.add(kind.name, kind=kind)
        async with Receiver().serving() as receiver, bridge(outbox, receiver):
            await until(lambda: not outbox.waiting)

        assert [json.loads(call.body)["name"] for call in receiver.calls] == [
            "FINALIZED"
        ]

    within_limit(test())


@pytest.mark.parametrize("status", [300, 400, 404, 429, 500, 503])
def test_anything_but_2xx_is_tried_again_under_the_same_id(status: int) -> None:
    async def test() -> None:
        outbox, failures = MemoryOutbox(), 3

        async def failing(call: Call) -> int:
            return status if len(receiver.calls) <= failures else 204

        outbox.add("a")
        async with (
            Receiver(behaviour=failing).serving() as receiver,
            bridge(outbox, receiver),
        ):
            await until(lambda: not outbox.waiting)

        assert len(receiver.calls) == failures + 1
        assert len({call.id for call in receiver.calls}) == 1

    within_limit(test())


def test_a_function_that_is_not_there_yet_gets_its_event_later() -> None:
    async def test() -> None:
        outbox, receiver = MemoryOutbox(), Receiver()
        async with bridge(outbox, receiver) as running:
            outbox.add("unserved")
            running.notify()
            await until(lambda: receiver.asked_where >= 2)
            receiver.url = "http://127.0.0.1:1/"
            asked_before = receiver.asked_where
            await until(lambda: receiver.asked_where >= asked_before + 2)
            assert outbox.waiting
            async with receiver.serving():
                await until(lambda: not outbox.waiting)

        assert len(receiver.calls) == 1

    within_limit(test())


def test_the_wait_doubles_up_to_its_limit() -> None:
    terms = DeliveryTerms()

    waits = [terms.backoff(failures) for failures in (1, 2, 3, 6, 7, 8, 5000)]

    assert waits == [10, 20, 40, 320, 600, 600, 600]


def test_a_restart_repeats_what_was_not_answered_and_loses_nothing() -> None:
    async def test() -> None:
        outbox = MemoryOutbox()

        async def hanging(call: Call) -> int:
            if json.loads(call.body)["name"] == "slow":
                await asyncio.Event().wait()
            return 200

        outbox.add("quick")
        outbox.add("slow")
        async with (
            Receiver(behaviour=hanging).serving() as first,
            bridge(outbox, first),
        ):
            await until(lambda: len(first.calls) == 2 and len(outbox.waiting) == 1)
        async with Receiver().serving() as second, bridge(outbox, second):
            await until(lambda: not outbox.waiting)

        slow = {call.id for call in first.calls if b'"slow"' in call.body}
        assert [call.id for call in second.calls] == list(slow)

    within_limit(test())


def test_a_slow_answer_is_not_waited_for_and_the_event_comes_again_meanwhile() -> None:
    """
    The handler that was too slow is still at work when its event comes again.
    """

    async def test() -> None:
        outbox = MemoryOutbox()
        release = asyncio.Event()

        async def first_is_slow(call: Call) -> int:
            if len(receiver.calls) == 1:
                await release.wait()
            return 200

        outbox.add("a")
        terms = DeliveryTerms(ack_seconds=0.1, backoff_seconds=0.01)
        async with (
            Receiver(behaviour=first_is_slow).serving() as receiver,
            bridge(outbox, receiver, terms),
        ):
            await until(lambda: not outbox.waiting)
            overlapped = receiver.most_active
            release.set()

        assert len(receiver.calls) == 2
        assert overlapped == 2

    within_limit(test())


def test_an_event_older_than_the_retention_is_given_up_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        outbox = MemoryOutbox()

        async def failing(call: Call) -> int:
            return 500

        outbox.add("old", time=datetime.now(UTC) - timedelta(hours=25))
        outbox.add("young", time=datetime.now(UTC) - timedelta(hours=23))
        async with (
            Receiver(behaviour=failing).serving() as receiver,
            bridge(outbox, receiver),
        ):
            await until(lambda: len(outbox.waiting) == 1 and len(receiver.calls) > 4)

        assert [event.resource["name"] for event in outbox.waiting.values()] == [
            "young"
        ]

    within_limit(test())
    assert "dropped after 1 attempts: the event of inbox/old" in caplog.text
