"""
Batches: several metadata calls in one `multipart/mixed` request.

https://cloud.google.com/storage/docs/batch
"""

import secrets
from collections.abc import Awaitable, Callable
from email.message import Message
from email.parser import BytesParser
from http import HTTPStatus

from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy

from localcloud.storage.api.answers import Reply, response
from localcloud.storage.api.bodies import whole
from localcloud.storage.api.calls import Call
from localcloud.storage.rules.errors import InvalidError, StorageError

_MOST_CALLS = 1000
_BODY_BYTES = 10 * 1024 * 1024
# A fault may answer with a status that has no name, such as 520.
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


async def answer_batch(
    request: web.BaseRequest,
    call: Call,
    carry_out: Callable[[Call], Awaitable[Reply]],
) -> web.StreamResponse:
    """
    Carry out every call of a batch, in order; the failure of one stops no other.
    """
    body = await whole(request, _BODY_BYTES)
    content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + body).get_payload()
    if not isinstance(parts, list) or not parts:
        raise InvalidError("Failed to parse batch request.")
    if len(parts) > _MOST_CALLS:
        raise InvalidError(f"The batch request has more than {_MOST_CALLS} calls.")
    boundary = f"batch_{secrets.token_urlsafe(24)}"
    lines = bytearray()
    for part in parts:
        # The parser's own type says str, as for a message that has no parts.
        assert isinstance(part, Message)
        lines += f"--{boundary}\r\nContent-Type: application/http\r\n".encode()
        if part["Content-ID"]:
            name = part["Content-ID"].strip().removeprefix("<")
            lines += f"Content-ID: <response-{name.removesuffix('>')}>\r\n".encode()
        lines += b"\r\n" + await _answer(part, call, carry_out) + b"\r\n"
    lines += f"--{boundary}--\r\n".encode()
    headers: dict[str, str] = {
        hdrs.CONTENT_TYPE: f"multipart/mixed; boundary={boundary}"
    }
    return response(bytes(lines), headers=headers)


async def _answer(
    part: Message, outer: Call, carry_out: Callable[[Call], Awaitable[Reply]]
) -> bytes:
    inner = outer
    try:
        inner = _inner(part, outer)
        reply = await carry_out(inner)
    except StorageError as error:
        reply = Reply(status=error.status, resource=error.body())
    body, headers = reply.encoded(inner)
    phrase = _PHRASES.get(reply.status, "Unknown")
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _inner(part: Message, outer: Call) -> Call:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise InvalidError("Failed to parse batch request.")
    first, _, rest = payload.lstrip().partition(b"\n")
    words = first.decode("utf-8", "surrogateescape").split()
    if len(words) < 2:
        raise InvalidError("Failed to parse batch request.")
    message = BytesParser().parsebytes(rest)
    # The calls inside are allowed what the batch is.
    headers = CIMultiDict(message.items())
    for name in (hdrs.AUTHORIZATION, hdrs.HOST):
        if name in outer.headers:
            headers.setdefault(name, outer.headers[name])
    body = message.get_payload(decode=True)
    return Call.read(
        words[0],
        words[1],
        CIMultiDictProxy(headers),
        secure=outer.origin.startswith("https:"),
        body=body if isinstance(body, bytes) else b"",
    )
