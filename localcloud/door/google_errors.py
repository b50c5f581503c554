"""
Errors in the shape that every Google API gives them, for what the door says itself.
"""

import json
from http import HTTPStatus

from aiohttp import web

_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
}


def google_error(code: int, message: str) -> web.Response:
    """
    Build `{"error": {code, message, status}}` with that HTTP status.
    """
    status = _STATUS.get(code, HTTPStatus(code).name)
    error = {"code": code, "message": message, "status": status}
    return web.Response(
        status=code,
        body=json.dumps({"error": error}).encode(),
        content_type="application/json",
        charset="utf-8",
    )
