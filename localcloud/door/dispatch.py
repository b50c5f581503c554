"""
Which service answers an HTTP request: the one its Host header names.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import StreamReader, hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from localcloud.door.google_errors import google_error
from localcloud.faults import cutting

_logger = logging.getLogger(__name__)
# What the server says by itself.
_server_logger = logging.getLogger(f"{__name__}.server")
_server_logger.addFilter(cutting.is_news)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

# For whole bodies that a service reads at once, such as a batch job or a small upload;
# what it streams has no limit.
_MAX_WHOLE_BODY = 64 * 1024 * 1024

# How long a client may take until the head of its next request is whole. More than a
# minute: whoever polls once a minute should not meet a connection that just ends.
_IDLE_SECONDS = 75.0


class Dispatcher:
    """
    Give each request to the service of its host, and answer for hosts without one
    (or have `unknown` do so).

    A key that begins with a dot or a dash names every host that ends in it, such as
    "-aiplatform.googleapis.com" for every region. A service that fails answers 500 in
    Google's shape; what it failed of goes to the log only.
    """

    def __init__(
        self, services: Mapping[str, Handler], *, unknown: Handler | None = None
    ) -> None:
        self._unknown = unknown or no_service
        self._exact = {k: v for k, v in services.items() if k[0] not in ".-"}
        self._endings = {k: v for k, v in services.items() if k[0] in ".-"}

    def service_for(self, host: str) -> Handler | None:
        """
        Find the service for a host name (without a port), or None.
        """
        found = self._exact.get(host)
        if found is not None:
            return found
        for ending, service in self._endings.items():
            if host.endswith(ending):
                return service
        return None

    def server(self, *, idle_seconds: float = _IDLE_SECONDS) -> web.Server:
        """
        Make the HTTP server whose protocols answer for all services.

        Bodies arrive as they were sent: a gzip upload to Cloud Storage is stored so.
        A connection without a whole head for `idle_seconds` is dropped, be it the
        first request's or a later one's.
        """
        loop = asyncio.get_running_loop()

        def request(
            message: RawRequestMessage,
            payload: StreamReader,
            protocol: web.RequestHandler,
            writer: AbstractStreamWriter,
            task: "asyncio.Task[None]",
        ) -> web.BaseRequest:
            return web.BaseRequest(
                *(message, payload, protocol, writer, task, loop),
                client_max_size=_MAX_WHOLE_BODY,
            )

        return web.Server(
            self.handle,
            request_factory=request,
            access_log=None,
            logger=_server_logger,
            auto_decompress=False,
            # Bytes of a head don't prolong it; aiohttp has no other limit for heads.
            keepalive_timeout=idle_seconds,
            # A copy's request line names two objects, percent-encoded.
            max_line_size=32_768,
            max_field_size=32_768,
        )

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer one request.
        """
        host = request.host.rpartition(":")[0] or request.host
        service = self.service_for(host.lower())
        if service is None:
            _logger.info("no service for %r", host)
            return await self._unknown(request)
        try:
            answer = await service(request)
            if not answer.prepared:
                # What Google's front end calls itself, unless a service has a name.
                answer.headers.setdefault(hdrs.SERVER, "ESF")
            return answer
        except web.HTTPRequestEntityTooLarge:
            return google_error(
                413,
                f"Request payload size exceeds the limit: {_MAX_WHOLE_BODY} bytes.",
            )
        except (ConnectionError, web.HTTPException):
            raise
        except Exception:
            _logger.exception("%s %s%s failed", request.method, host, request.path)
            return google_error(500, "Internal error encountered.")


async def no_service(request: web.BaseRequest) -> web.StreamResponse:
    """
    Say that nobody answers for the host of a request.
    """
    host = request.host.rpartition(":")[0] or request.host
    # 501 and not 503: clients repeat what is only unavailable.
    return google_error(
        501, f"The local cloud has no {host!r}: {request.method} {request.path}"
    )
