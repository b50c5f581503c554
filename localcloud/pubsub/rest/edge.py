"""
The REST edge of pubsub.googleapis.com, as Google's front end speaks it.
"""

import json
import logging
from typing import Any

from aiohttp import hdrs, web

from localcloud.faults.cutting import cut
from localcloud.faults.playing import CutConnectionError
from localcloud.pubsub.refusals import Code, RefusedError
from localcloud.pubsub.rest.rules import find
from localcloud.pubsub.rest.transcode import json_of, request_of
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.methods import requests_of
from localcloud.storage.api.fields import FieldMask
from localcloud.storage.rules.errors import InvalidError
from localcloud.vertex.api.errors import HTTP_STATUS
from localcloud.vertex.api.errors import Code as CanonicalCode

_logger = logging.getLogger(__name__)

# The largest payload (10 MiB) in base64, with room for what is around it.
_LARGEST_BODY = 20 * 1024 * 1024


class Rest:
    """
    Answers HTTP requests with what the front says, errors included.
    """

    def __init__(self, front: Front) -> None:
        self._front = front

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        The answer to a request; nothing it says or leaves out brings this down.
        """
        try:
            status, value = 200, await self._answer(request)
        except RefusedError as error:
            status, value = _error(error)
        except CutConnectionError:
            raise cut(request) from None
        except ConnectionError:
            raise
        except Exception:
            _logger.exception("%s %s failed", request.method, request.path)
            refusal = RefusedError(Code.INTERNAL, "Internal error encountered.")
            status, value = _error(refusal)
        return _response(request, status, value)

    async def _answer(self, request: web.BaseRequest) -> dict[str, Any]:
        match = find(request.method, request.rel_url.raw_path)
        if match is None:
            raise RefusedError(Code.NOT_FOUND, "Method not found.")
        service, method = match.rule.service, match.rule.method
        authorization = request.headers.get(hdrs.AUTHORIZATION)
        account = self._front.admit(service, method, authorization)
        query = {name: request.query.getall(name) for name in request.query}
        asked = request_of(
            match, requests_of(service)[method], query, await _body(request)
        )
        reply = await self._front.call(service, method, asked, account)
        alt = _one(request, "alt")
        shown = json_of(reply, enums_as_numbers="enum-encoding=int" in alt)
        return _selected(shown, _one(request, "fields"))


async def _body(request: web.BaseRequest) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > _LARGEST_BODY:
                raise RefusedError(
                    Code.INVALID_ARGUMENT,
                    "Request payload size exceeds the limit: 10485760 bytes.",
                )
    except web.RequestPayloadError as error:
        raise RefusedError(
            Code.INVALID_ARGUMENT, "The request body can't be read."
        ) from error
    return bytes(body)


def _selected(shown: dict[str, Any], fields: str) -> dict[str, Any]:
    if not fields:
        return shown
    try:
        selected: dict[str, Any] = FieldMask.parse(fields).apply(shown)
    except InvalidError as error:
        raise RefusedError(
            Code.INVALID_ARGUMENT,
            "Request contains an invalid argument: "
            f"fields={fields} is no field selection.",
        ) from error
    return selected


def _error(refusal: RefusedError) -> tuple[int, dict[str, Any]]:
    status = HTTP_STATUS[CanonicalCode[refusal.code]]
    error: dict[str, Any] = {
        "code": status,
        "message": refusal.message,
        "status": refusal.code.value,
    }
    if refusal.details:
        error["details"] = list(refusal.details)
    return status, {"error": error}


def _response(
    request: web.BaseRequest, status: int, value: dict[str, Any]
) -> web.Response:
    pretty = _one(request, "prettyPrint") != "false"
    text = json.dumps(value, indent=2 if pretty else None, ensure_ascii=False)
    headers = {hdrs.CONTENT_TYPE: "application/json; charset=UTF-8"}
    if status == HTTP_STATUS[CanonicalCode.UNAUTHENTICATED]:
        headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="https://accounts.google.com/"'
    return web.Response(
        status=status, body=f"{text}\n".encode("utf-8", "replace"), headers=headers
    )


def _one(request: web.BaseRequest, name: str) -> str:
    found = request.query.get(f"${name}", request.query.get(name, ""))
    return str(found)
