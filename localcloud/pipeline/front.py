"""
What stands before each function: Cloud Run, which lets in only who may call it.

The functions-framework itself asks nobody who calls.
https://cloud.google.com/run/docs/authenticating/service-to-service
"""

import asyncio
import io
from html import escape
from http import HTTPStatus
from typing import Protocol

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from localcloud import grants
from localcloud.door.identity import IdentityTokens
from localcloud.door.inviting import invite
from localcloud.permits import Permits

INVOKE = "run.routes.invoke"

_HOST = "127.0.0.1"
_STOP_SECONDS = 0.5
# https://cloud.google.com/run/quotas#request_limits
_MOST_BYTES = 32 * 1024 * 1024
# Of one connection, and of no concern to what is behind it.
# https://www.rfc-editor.org/rfc/rfc9110#name-message-forwarding
_HOP_BY_HOP = (
    *(hdrs.CONNECTION, hdrs.KEEP_ALIVE, hdrs.TRANSFER_ENCODING, hdrs.UPGRADE),
    *(hdrs.CONTENT_LENGTH, hdrs.TE, hdrs.TRAILER, hdrs.EXPECT),
)
_PROXYS_OWN = "proxy-"
# Some callers need the usual header for themselves.
_SERVERLESS = "X-Serverless-Authorization"
_CREDENTIALS = (_SERVERLESS, hdrs.AUTHORIZATION)
_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
_BAD_TOKEN = (
    'Bearer error="invalid_token" '
    'error_description="The access token could not be verified"'
)
_PAGE = """<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>{code} {phrase}</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>Error: {phrase}</h1>
<h2>{words}</h2>
<h2></h2>
</body></html>
"""


class Served(Protocol):
    """
    What is behind a front.
    """

    @property
    def url(self) -> str | None:
        """Where it is served; None while it isn't."""


class Front:
    """
    A function's address, the same for as long as it runs.

    Whoever brings an identity token of ours that is meant for this address, and of an
    account that may invoke the service, has the request passed on and the answer
    passed back, unchanged but for headers of the connection alone, and for what would
    let the function use the token; nothing else reaches the function.
    """

    def __init__(
        self,
        behind: Served,
        *,
        service: str,
        identity: IdentityTokens,
        permits: Permits,
    ) -> None:
        self._behind = behind
        self._service = grants.service(service)
        self._identity = identity
        self._permits = permits
        self._address = ""
        self._session: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str | None:
        """
        The address, which is also the audience of tokens; None while nothing is
        served behind it.
        """
        return self._address if self._behind.url else None

    async def start(self) -> None:
        """
        Begin to answer on a free port.
        """
        self._server = web.Server(self.handle, access_log=None, auto_decompress=False)
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._server, _HOST, 0)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            # What a function takes is its caller's to limit.
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
        )
        port = self._listening.sockets[0].getsockname()[1]
        self._address = f"http://{_HOST}:{port}/"

    async def stop(self) -> None:
        """
        Answer nothing more; what is under way is given up.
        """
        if self._session is None:
            return
        self._listening.close()
        await self._server.shutdown(_STOP_SECONDS)
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer a request, as Cloud Run or as the function does.
        """
        if not request.raw_path.startswith("/"):
            # `*`, or another server's address.
            return _malformed()
        given = next(
            (request.headers[name] for name in _CREDENTIALS if name in request.headers),
            "",
        )
        kind, _, token = given.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return _forbidden(request)
        audiences = [self._address, self._address.rstrip("/")]
        account = self._identity.account(token.strip(), audiences)
        if account is None:
            return _unverified(request)
        if not self._permits.may(account, INVOKE, self._service):
            return _forbidden(request)
        await invite(request)
        return await self._pass_on(request)

    async def _pass_on(self, request: web.BaseRequest) -> web.StreamResponse:
        body = bytearray()
        try:
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return _page(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request too large."
                    )
        except (ConnectionError, web.RequestPayloadError):
            # Most often nobody is there to read this any more.
            return _malformed()
        base = self._behind.url
        if base is None or self._session is None:
            return _unavailable()
        target = URL(base.rstrip("/") + request.raw_path, encoded=True)
        try:
            async with self._session.request(
                request.method,
                target,
                # A large body as bytes is a warning of aiohttp's.
                data=io.BytesIO(body) if body else None,
                headers=_unsigned(_passed_on(request.headers)),
                skip_auto_headers=(
                    *(hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING),
                    hdrs.CONTENT_TYPE,
                ),
                allow_redirects=False,
            ) as answer:
                return web.Response(
                    status=answer.status,
                    reason=answer.reason,
                    body=await answer.read(),
                    headers=_passed_on(answer.headers),
                )
        except (aiohttp.ClientError, OSError):
            # The process has died on it.
            return _unavailable()


def _passed_on(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    kept = CIMultiDict(headers)
    named = ",".join(headers.getall(hdrs.CONNECTION, ())).split(",")
    proxys = [name for name in kept if name.lower().startswith(_PROXYS_OWN)]
    for name in (*_HOP_BY_HOP, *proxys, *(each.strip() for each in named)):
        kept.popall(name, None)
    return kept


def _unsigned(headers: CIMultiDict[str]) -> CIMultiDict[str]:
    # In the usual header a token keeps its signature.
    if _SERVERLESS in headers:
        unsigned = headers[_SERVERLESS].rpartition(".")[0]
        headers[_SERVERLESS] = f"{unsigned}.{_REMOVED}"
    return headers


def _forbidden(request: web.BaseRequest) -> web.Response:
    path = escape(request.path)
    words = (
        f"Your client does not have permission to get URL <code>{path}</code> from "
        "this server."
    )
    return _page(HTTPStatus.FORBIDDEN, words)


def _unverified(request: web.BaseRequest) -> web.Response:
    path = escape(request.path)
    words = (
        "Your client does not have permission to the requested URL "
        f"<code>{path}</code>."
    )
    answer = _page(HTTPStatus.UNAUTHORIZED, words)
    answer.headers[hdrs.WWW_AUTHENTICATE] = _BAD_TOKEN
    return answer


def _malformed() -> web.Response:
    words = "Your client has issued a malformed or illegal request."
    return _page(HTTPStatus.BAD_REQUEST, words)


def _unavailable() -> web.Response:
    return _page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service you requested is not available yet.<p>Please try again in 30 "
        "seconds.",
    )


def _page(status: HTTPStatus, words: str) -> web.Response:
    return web.Response(
        status=status,
        text=_PAGE.format(code=int(status), phrase=status.phrase, words=words),
        content_type="text/html",
        headers={hdrs.SERVER: "Google Frontend"},
    )
