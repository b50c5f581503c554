"""
Answers: a reply as a value, and how it is written to the client.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import hdrs, web

from localcloud.storage.api.calls import Call
from localcloud.storage.api.fields import FieldMask
from localcloud.storage.rules.errors import RangeNotSatisfiableError, StorageError

JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    What an operation of the JSON API answers; no body if `resource` is None.
    """

    status: int = 200
    resource: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self, call: Call) -> tuple[bytes, dict[str, str]]:
        """
        Body and headers, as the call wants them: its fields, pretty or not.
        """
        if self.resource is None:
            return b"", dict(self.headers)
        shown: Any = self.resource
        if "fields" in call.query and self.status < 300:
            shown = FieldMask.parse(call.query["fields"]).apply(shown)
        headers = {hdrs.CONTENT_TYPE: JSON_TYPE, **self.headers}
        return _json(shown, call), headers


def response(
    body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """
    A response with the headers that every answer of the service has.
    """
    given = {**standard_headers(), **(headers or {})}
    # aiohttp adds its own content type to a body-less answer unless told.
    answer = web.Response(status=status, body=body, headers=given)
    if not body and hdrs.CONTENT_TYPE not in (headers or {}):
        answer.headers.pop(hdrs.CONTENT_TYPE, None)
    return answer


def standard_headers() -> dict[str, str]:
    """
    What every answer of the service carries.
    """
    return {
        "Server": "UploadServer",
        "X-GUploader-UploadID": secrets.token_urlsafe(24),
        hdrs.CACHE_CONTROL: "no-cache, no-store, max-age=0, must-revalidate",
        hdrs.VARY: "Origin, X-Origin",
    }


def json_response(reply: Reply, call: Call) -> web.Response:
    """
    A reply, written for the call that asked.
    """
    body, headers = reply.encoded(call)
    return response(body, status=reply.status, headers=headers)


def json_error(error: StorageError, call: Call | None) -> web.Response:
    """
    An error, as the JSON API writes it.
    """
    if error.status == 304:
        return response(status=304)
    headers = {hdrs.CONTENT_TYPE: JSON_TYPE, **_extra_headers(error)}
    return response(_json(error.body(), call), status=error.status, headers=headers)


def text_error(error: StorageError) -> web.Response:
    """
    An error, as a media download tells it: its message alone.
    """
    if error.status == 304:
        return response(status=304)
    headers = {hdrs.CONTENT_TYPE: "text/html; charset=UTF-8", **_extra_headers(error)}
    body = error.message.encode("utf-8", "replace")
    return response(body, status=error.status, headers=headers)


def xml_error(error: StorageError) -> web.Response:
    """
    An error, as the XML API writes it.
    """
    if error.status == 304:
        return response(status=304)
    body = (
        "<?xml version='1.0' encoding='UTF-8'?><Error>"
        f"<Code>{error.xml_code}</Code><Message>{escape(error.xml_message)}</Message>"
        f"<Details>{escape(error.message)}</Details></Error>"
    )
    headers = {
        hdrs.CONTENT_TYPE: "application/xml; charset=UTF-8",
        **_extra_headers(error),
    }
    return response(
        body.encode("utf-8", "replace"), status=error.status, headers=headers
    )


def _extra_headers(error: StorageError) -> dict[str, str]:
    if isinstance(error, RangeNotSatisfiableError):
        return {hdrs.CONTENT_RANGE: f"bytes */{error.size}"}
    if error.status == 401:
        return {
            hdrs.WWW_AUTHENTICATE: 'Bearer realm="https://accounts.google.com/"',
        }
    return {}


def _json(value: Any, call: Call | None) -> bytes:
    pretty = call is None or call.query.get("prettyPrint", "true") != "false"
    text = json.dumps(
        value,
        ensure_ascii=False,
        indent=2 if pretty else None,
        separators=None if pretty else (",", ":"),
    )
    return (text + "\n" if pretty else text).encode("utf-8", "replace")
