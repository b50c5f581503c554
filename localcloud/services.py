"""
Google's services on this machine, and which of them answers for which host.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from localcloud import admin
from localcloud.callers import Callers
from localcloud.control.switches import Switches
from localcloud.door.access_tokens import token_for
from localcloud.door.dispatch import Dispatcher, Handler
from localcloud.door.door import LOOPBACK
from localcloud.door.identity import IdentityTokens
from localcloud.door.inviting import inviting
from localcloud.door.tokens import TokenServer, handle_iam_credentials
from localcloud.faults.faults import utc_now
from localcloud.page import guard
from localcloud.page.page import Page, Stores
from localcloud.page.remembered_port import listen_as_before
from localcloud.permits import Permits
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.faults.front import FaultyFront
from localcloud.pubsub.pubsub import PubSub
from localcloud.pubsub.service.front import Front
from localcloud.samples import bucket as samples
from localcloud.storage.knobs import GOOGLES, StorageKnobs
from localcloud.storage.server import StorageServer
from localcloud.storage_topics import LocalTopics
from localcloud.vertex.api.grpc_servers import GrpcServers
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace
from localcloud.vertex.vertex import Vertex

# Requests that are still being answered when all stops are given this long.
_LAST_REQUESTS_SECONDS = 0.5

# The address that Vertex AI's service agent has on Google Cloud, with no project's
# number: one agent serves all of them here.
_VERTEX_AGENT = "service-0@gcp-sa-aiplatform.iam.gserviceaccount.com"
_FOR_GOOD_SECONDS = 10 * 365 * 86_400.0

_VERTEX_REGIONS = "-aiplatform.googleapis.com"
_VERTEX_HOSTS = (
    "aiplatform.googleapis.com",
    _VERTEX_REGIONS,
    "aiplatform.eu.rep.googleapis.com",
    "aiplatform.us.rep.googleapis.com",
)
_STORAGE_PATHS = ("/storage/", "/upload/storage/", "/download/", "/batch/storage/")


class Services:
    """
    Storage, Vertex AI, Pub/Sub and tokens, on loopback ports, their state in a folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pace: Pace,
        knobs: Knobs,
        callers: Callers,
        permits: Permits,
        responder: str,
        switches: Switches,
        page: Page,
        storage_knobs: StorageKnobs = GOOGLES,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._responder = responder
        self._folder = folder
        self._callers = callers
        self._permits = permits
        self._pace = pace
        self._knobs = knobs
        self._storage_knobs = storage_knobs
        self._now = now
        self._open = contextlib.AsyncExitStack()
        self._vertex_servers = GrpcServers(
            lambda host: self.vertex.serve_grpc(LOOPBACK, endpoint=host)
        )
        self.identity = IdentityTokens(folder / "authority")
        self.switches = switches
        self.admin = admin.Admin(switches, permits)
        self.page = page
        self.admin_port = 0

    async def start(self) -> None:
        """
        Start all of them; what was started is stopped if one fails.
        """
        async with contextlib.AsyncExitStack() as stack:
            self.storage = StorageServer(
                self._folder / "storage",
                token_fault=self._callers.token_fault,
                has_project=self._callers.has_project,
                faults=self.switches.faults,
                public=[samples.BUCKET],
                permits=self._permits,
                topics=LocalTopics(lambda: self.broker),
                knobs=self._storage_knobs,
                now=self._now,
            )
            stack.callback(self.storage.close)
            samples.seed(self.storage.store)
            self.http, self.admin_port = await self._listen(stack)
            self.pubsub = PubSub(
                self._folder / "pubsub",
                token_for=self.identity.token,
                make_front=self._pubsub_front,
            )
            self.broker = self.pubsub.broker
            await self.pubsub.start()
            stack.push_async_callback(self.pubsub.stop)
            self.storage.courier.start()
            stack.push_async_callback(self.storage.courier.stop)
            self.vertex = Vertex(
                self._folder / "vertex",
                storage_url=f"http://{LOOPBACK}:{self.admin_port}",
                storage_token=token_for(_VERTEX_AGENT, _FOR_GOOD_SECONDS),
                authorize=self._callers.may_call_vertex,
                pace=self._pace,
                knobs=self._knobs,
                responder=self._responder,
                faults=self.switches.faults,
                now=self._now,
            )
            await self.vertex.start()
            self.admin.forget_jobs = self.vertex.forget_jobs
            stack.push_async_callback(self.vertex.stop)
            stack.push_async_callback(self._vertex_servers.stop)
            self.page.show(
                Stores(
                    store=self.storage.store,
                    broker=self.broker,
                    jobs=self.vertex.overview,
                    faults_on=self.switches.count,
                )
            )
            self._open = stack.pop_all()

    async def stop(self) -> None:
        """
        Stop all of them, the last started first.
        """
        await self._open.aclose()

    async def grpc_port(self, host: str) -> int:
        """
        The port whose gRPC server answers for a host, started with its first caller.

        Vertex AI has one for each of its hosts, since each knows only its location. A
        host without any gets Pub/Sub's, which says UNIMPLEMENTED to what it does not
        know, as Google's do.
        """
        if host not in _VERTEX_HOSTS and not host.endswith(_VERTEX_REGIONS):
            return self.pubsub.grpc_port
        return await self._vertex_servers.port(host)

    def _pubsub_front(self, broker: Broker) -> Front:
        return FaultyFront(
            broker,
            self.switches.faults,
            token_fault=self._callers.token_fault,
            has_project=self._callers.has_project,
            permits=self._permits,
        )

    async def _vertex(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.vertex.handle(request)

    async def _pubsub(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.pubsub.handle(request)

    async def _listen(self, stack: contextlib.AsyncExitStack) -> tuple[web.Server, int]:
        tokens = TokenServer(self.identity)

        async def www(request: web.BaseRequest) -> web.StreamResponse:
            # The older name of several APIs.
            if request.path.startswith(_STORAGE_PATHS):
                return await self.storage.handle(request)
            return await inviting(tokens.handle)(request)

        async def loopback(request: web.BaseRequest) -> web.StreamResponse:
            # Storage, too: anybody can make up a token that is good here.
            if refused := guard.refusal(request):
                return refused
            if Page.serves(request.path):
                return await self.page.handle(request)
            if request.path.startswith(admin.PREFIX):
                return await self.admin.handle(request)
            # Vertex AI's own reads and writes, which go no public way on Google Cloud.
            return await self.storage.handle(request, inside=True)

        services: dict[str, Handler] = {
            "storage.googleapis.com": self.storage.handle,
            "www.googleapis.com": www,
            "oauth2.googleapis.com": tokens.handle,
            "iamcredentials.googleapis.com": handle_iam_credentials,
            "pubsub.googleapis.com": inviting(self._pubsub),
            LOOPBACK: loopback,
            "localhost": loopback,
        }
        vertex = inviting(self._vertex)
        services |= dict.fromkeys(_VERTEX_HOSTS, vertex)
        server = Dispatcher(services, unknown=guard.stranger).server()
        stack.push_async_callback(server.shutdown, _LAST_REQUESTS_SECONDS)
        memory = self._folder / "loopback-port"
        listening = await listen_as_before(server, LOOPBACK, memory)
        stack.callback(listening.close)
        port: int = listening.sockets[0].getsockname()[1]
        return server, port
