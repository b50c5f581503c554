"""
Cloud Scheduler calls: every open drop that can move is moved on or, under a path of
its own, the inbox is looked at for drops that no event told of.
"""

from dataclasses import asdict

import flask
import functions_framework

from shared import wiring

# An idle tick is one list, so a look is asked for apart (terraform/poll_jobs.tf).
BACKSTOP = "/backstop"


@functions_framework.http
def poll_jobs(request: flask.Request) -> flask.typing.ResponseReturnValue:
    """Answer what the tick or the look did. Of the request its path alone is read."""
    is_look = request.path == BACKSTOP
    did = wiring.backstop().look() if is_look else wiring.polling().tick()
    return asdict(did)
