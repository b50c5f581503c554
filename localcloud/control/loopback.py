"""
`/admin/faults`: the switches, for whoever stands on this machine.

`GET` tells the catalogue, what is on and what was injected; `POST` switches on a rule,
a list of them, or `{"name": NAME, …}` of the catalogue; `DELETE` switches all off, and
`DELETE /admin/faults/ID` one (or all of a name).
"""

import json
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from localcloud.control.switches import Switches
from localcloud.door.google_errors import google_error

PATH = "/admin/faults"

_LARGEST_BODY = 1024 * 1024


def is_about_faults(path: str) -> bool:
    """
    Whether a path belongs to this.
    """
    return path == PATH or path.startswith(f"{PATH}/")


async def answer(request: web.BaseRequest, switches: Switches) -> web.StreamResponse:
    """
    Answer a request about faults; whoever routes here has checked who asks.
    """
    which = unquote(request.path.removeprefix(PATH).removeprefix("/"))
    match request.method, bool(which):
        case "GET", False:
            return _told(switches)
        case "POST", False:
            return await _add(request, switches)
        case "DELETE", False:
            switches.clear()
            return _told(switches)
        case "DELETE", True:
            if not switches.remove(which):
                return google_error(
                    404, f"No fault that is on has the id or the name {which!r}."
                )
            return _told(switches)
    return google_error(
        404, f"There is no {request.method} of {request.path}: use GET, POST or DELETE."
    )


async def _add(request: web.BaseRequest, switches: Switches) -> web.StreamResponse:
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > _LARGEST_BODY:
            return google_error(400, "The faults are too large: 1 MiB is the most.")
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        return google_error(
            400, "The body is no JSON: send a rule, a list of rules, or a fault's name."
        )
    try:
        added = switches.add(given)
    except ValueError as error:
        text = str(error)
        return google_error(400, f"{text[:1].upper()}{text[1:]}.")
    return _told(switches, added=added)


def _told(switches: Switches, **more: Any) -> web.Response:
    return web.Response(
        text=json.dumps({**more, **switches.told()}, indent=2) + "\n",
        content_type="application/json",
    )
