"""
How the page and its data are answered: headers, tags, and what was not changed.
"""

import hashlib
from typing import Any

import msgspec
from aiohttp import hdrs, web

# Nothing from another host, no inline script or style, no text that becomes HTML.
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    hdrs.CACHE_CONTROL: "no-cache",
}


def answer_json(request: web.BaseRequest, value: Any) -> web.Response:
    """
    A value as JSON, or 304 if whoever asks has exactly this already.
    """
    return answer(request, msgspec.json.encode(value), "application/json")


def answer(request: web.BaseRequest, body: bytes, content_type: str) -> web.Response:
    """
    A body, or 304 if whoever asks has exactly this already.
    """
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {**HEADERS, hdrs.ETAG: tag}
    if request.headers.get(hdrs.IF_NONE_MATCH) == tag:
        return web.Response(status=304, headers=headers)
    text = content_type.startswith(("text/", "application/json"))
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8" if text else None,
        headers=headers,
    )
