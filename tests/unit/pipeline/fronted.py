"""A function behind its front, and whoever posts to it."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp

from localcloud.door.identity import IdentityTokens
from localcloud.grants import Grants, Right, service
from localcloud.permits import Permits
from localcloud.pipeline.front import INVOKE, Front
from tests.unit.pipeline.conftest import Receiver

SERVICE = "dropbatch-submit-job"
TRIGGER = "dropbatch-trigger@p.iam.gserviceaccount.com"
OTHER = "dropbatch-scheduler@p.iam.gserviceaccount.com"
OWNER = "developer@p.iam.gserviceaccount.com"
GRANTS = Grants(
    accounts=frozenset({TRIGGER, OTHER}),
    rights=frozenset({Right(TRIGGER, INVOKE, service(SERVICE))}),
)


@asynccontextmanager
async def front(
    receiver: Receiver, identity: IdentityTokens
) -> AsyncIterator[tuple[Front, str]]:
    made = Front(receiver, service=SERVICE, identity=identity, permits=Permits(GRANTS))
    await made.start()
    try:
        async with receiver.serving():
            assert made.url
            yield made, made.url
        assert made.url is None
    finally:
        await made.stop()


async def post(
    url: str,
    headers: Mapping[str, str],
    data: bytes | io.BytesIO = b"{}",
    method: str = "POST",
) -> tuple[int, str, Mapping[str, str]]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers
