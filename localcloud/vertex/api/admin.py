"""
The simulator's own page of switches, for whoever stands on this machine.

`GET` tells which faults are set and which were injected, `POST` adds one or a
list of them, `DELETE` takes them all back. It is served on loopback by plain HTTP
alone: nobody comes here through the door, where all hosts are Google's.
"""

import json
from ipaddress import ip_address
from typing import Any

import msgspec
from aiohttp import web

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.faults.faults import Faults
from localcloud.vertex.faults.rules import read_rules

PATH = "/admin/vertex/faults"


def is_local(request: web.BaseRequest) -> bool:
    """
    Whether a request came by plain HTTP, to a name of this machine.
    """
    transport = request.transport
    if transport is None or transport.get_extra_info("ssl_object") is not None:
        return False
    host = request.host.rpartition(":")[0] or request.host
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def handle_faults(request: web.BaseRequest, faults: Faults) -> web.Response:
    """
    Show, set or clear the faults.
    """
    match request.method:
        case "GET":
            pass
        case "POST":
            try:
                faults.add(*read_rules(await request.read()))
            except ValueError as error:
                return _json(ApiError(Code.INVALID_ARGUMENT, str(error)).body(), 400)
        case "DELETE":
            faults.clear()
        case _:
            return _json(ApiError(Code.NOT_FOUND, "Method not found.").body(), 404)
    return _json(
        {
            "faults": [msgspec.to_builtins(rule) for rule in faults.rules],
            "injected": list(faults.injected),
        },
        200,
    )


def _json(value: dict[str, Any], status: int) -> web.Response:
    return web.Response(
        status=status,
        text=json.dumps(value, indent=2) + "\n",
        content_type="application/json",
    )
