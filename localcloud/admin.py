"""
What a running local cloud tells about itself, and lets others change, over loopback.
"""

import json
from collections.abc import Callable
from dataclasses import asdict

from aiohttp import web

from localcloud.control import loopback
from localcloud.control.callers import refusal
from localcloud.control.switches import Switches
from localcloud.door.google_errors import google_error
from localcloud.permits import Permits
from localcloud.pipeline.pipeline import Pipeline

PREFIX = "/admin/"


class Admin:
    """
    `GET status` names the functions' processes and addresses; `GET asked` tells what
    the deployment's accounts asked for; `PUT disturbance` says what befalls
    events from now on (the fields of Disturbance); `DELETE jobs` forgets every batch
    prediction job; `faults` are in control/loopback.py.
    """

    def __init__(self, switches: Switches, permits: Permits) -> None:
        self.pipeline: Pipeline | None = None
        self.forget_jobs: Callable[[], int] | None = None
        self._switches = switches
        self._permits = permits

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer a request under PREFIX; 403 for whoever `refusal` names.
        """
        if why := refusal(request):
            return google_error(403, why)
        if loopback.is_about_faults(request.path):
            return await loopback.answer(request, self._switches)
        what = (request.method, request.path.removeprefix(PREFIX))
        if what == ("GET", "status"):
            return web.json_response(self._status())
        if what == ("GET", "asked"):
            return web.json_response(self._asked())
        if what == ("PUT", "disturbance"):
            return self._disturb(await request.read())
        if what == ("DELETE", "jobs") and self.forget_jobs:
            return web.json_response({"forgotten": self.forget_jobs()})
        return google_error(404, f"The local cloud has no {request.path} now.")

    def _status(self) -> dict[str, object]:
        if self.pipeline is None:
            return {"functions": {}}
        fronts = self.pipeline.fronts
        return {
            "functions": {
                name: {"pid": function.pid, "url": fronts[name].url}
                for name, function in self.pipeline.functions.items()
            }
        }

    def _asked(self) -> dict[str, object]:
        return {
            "allowed": [asdict(right) for right in sorted(self._permits.allowed)],
            "refused": [asdict(right) for right in sorted(self._permits.refused)],
        }

    def _disturb(self, body: bytes) -> web.StreamResponse:
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            return google_error(400, "This is no disturbance: the body is no JSON.")
        if not isinstance(given, dict):
            return google_error(400, "This is no disturbance: it is a JSON object.")
        try:
            disturbance = self._switches.set_base(given)
        except ValueError as error:
            return google_error(400, f"This is no disturbance: {error}.")
        return web.json_response(asdict(disturbance))
