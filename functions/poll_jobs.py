"""Cloud Scheduler ticks: every open drop that can move is moved on."""

from dataclasses import asdict

import flask
import functions_framework

from shared import wiring
from shared.logs import log


@functions_framework.http
def poll_jobs(request: flask.Request) -> flask.typing.ResponseReturnValue:
    """
    Answer what the tick did. The request says nothing that a tick needs.

    An idle tick is told of too: an alert waits for the one that does not come.
    """
    tick = asdict(wiring.polling().tick())
    log("tick", **tick)
    return tick
