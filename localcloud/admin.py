"""
What a running local cloud tells about itself, and lets others change, over loopback.
"""

import json
from dataclasses import asdict, replace

from aiohttp import web

from localcloud.door.google_errors import google_error
from localcloud.pipeline.delivery import Disturbance
from localcloud.pipeline.pipeline import Pipeline

PREFIX = "/admin/"


class Admin:
    """
    `GET status` names the functions' processes; `PUT disturbance` says what befalls
    events from now on (the fields of Disturbance).
    """

    def __init__(self) -> None:
        self.pipeline: Pipeline | None = None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer a request under PREFIX.
        """
        what = (request.method, request.path.removeprefix(PREFIX))
        if what == ("GET", "status"):
            return web.json_response(self._status())
        if what == ("PUT", "disturbance") and self.pipeline:
            return self._disturb(self.pipeline, await request.read())
        return google_error(404, f"The local cloud has no {request.path} now.")

    def _status(self) -> dict[str, object]:
        functions = self.pipeline.functions if self.pipeline else {}
        return {
            "functions": {
                name: {"pid": function.pid, "url": function.url}
                for name, function in functions.items()
            }
        }

    def _disturb(self, pipeline: Pipeline, body: bytes) -> web.StreamResponse:
        try:
            given = json.loads(body)
            if "delay_seconds" in given:
                given["delay_seconds"] = tuple(given["delay_seconds"])
            disturbance = replace(Disturbance(), **given)
        except (ValueError, TypeError) as error:
            return google_error(400, f"This is no disturbance: {error}")
        pipeline.bridge.disturb(disturbance)
        return web.json_response(asdict(disturbance))
