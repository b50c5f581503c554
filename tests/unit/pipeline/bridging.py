"""
A bridge from an outbox in memory to a function that remembers.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from localcloud.pipeline.delivery import DeliveryTerms, Disturbance
from localcloud.pipeline.eventarc import Bridge
from tests.unit.pipeline.conftest import MemoryOutbox, Receiver

CALM = Disturbance()
QUICK = DeliveryTerms(backoff_seconds=0.01, longest_backoff_seconds=0.05)


@asynccontextmanager
async def bridge(
    outbox: MemoryOutbox,
    receiver: Receiver,
    terms: DeliveryTerms = QUICK,
    disturbance: Disturbance = CALM,
) -> AsyncIterator[Bridge]:
    made = Bridge(
        outbox,
        bucket="inbox",
        target=receiver.where,
        token="token for {}".format,
        may_receive=lambda: True,
        terms=terms,
        disturbance=disturbance,
    )
    made.start()
    try:
        yield made
    finally:
        await made.stop()
