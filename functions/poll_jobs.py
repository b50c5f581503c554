"""
Cloud Scheduler calls: every open drop that can move is moved on or, under a path of
its own, the inbox is looked at for drops that no event told of.
"""

from dataclasses import asdict

import flask
import functions_framework

from shared import wiring
from shared.logs import log

# An idle tick is one list, so a look is asked for apart (terraform/poll_jobs.tf).
BACKSTOP = "/backstop"


@functions_framework.http
def poll_jobs(request: flask.Request) -> flask.typing.ResponseReturnValue:
    """
    Answer what the tick or the look did. Of the request its path alone is read.

    An idle one is told of too: an alert waits for the one that does not come.
    """
    if request.path == BACKSTOP:
        look = asdict(wiring.backstop().look())
        log("backstop", **look)
        return look
    tick = asdict(wiring.polling().tick())
    log("tick", **tick)
    return tick
