"""
A whole cloud in this process, at hand: its stores, its faults, its functions.
"""

import contextlib
import http.client
import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any, TypeVar

from localcloud.cloud import LocalCloud
from tests.loop_thread import LoopThread

Result = TypeVar("Result")

_LOOK_SECONDS = 0.02


class InsideCloud:
    """
    A running cloud in a thread; `lines` are what its functions have logged.
    """

    def __init__(self, thread: LoopThread, cloud: LocalCloud, lines: list[str]) -> None:
        self._thread = thread
        self._cloud = cloud
        self.lines = lines
        self.deployment = cloud.options.deployment

    def fault(self, **rule: Any) -> None:
        """
        Switch a fault on.
        """
        self.do(lambda cloud: cloud.services.switches.add(rule))

    def injected(self) -> int:
        """
        How many calls a fault has befallen.
        """

        def count(cloud: LocalCloud) -> int:
            injected = cloud.services.switches.faults.injected
            return len([each for each in injected if each["service"] != "eventarc"])

        return self.do(count)

    def disturb(self, **fields: Any) -> None:
        """
        Have this befall events from now on.
        """
        self.do(lambda cloud: cloud.services.switches.set_base(fields))

    def clear(self) -> None:
        """
        No more faults, no more disturbance.
        """
        self.do(lambda cloud: cloud.services.switches.clear())
        self.disturb(delay_seconds=[0.2, 0.2])

    def kill(self, function: str) -> None:
        """
        Kill a function's whole process group; it is served again after a while.
        """
        pipeline = self._cloud.pipeline
        assert pipeline is not None
        pid = pipeline.functions[function].pid
        assert pid
        os.killpg(pid, signal.SIGKILL)

    def url(self, function: str) -> str:
        """
        The address of a function's service.
        """
        pipeline = self._cloud.pipeline
        assert pipeline is not None
        self.until(lambda: pipeline.fronts[function].url)
        url = pipeline.fronts[function].url
        assert url
        return url

    def identity(self, role: str, audience: str) -> str:
        """
        An identity token of one of the deployment's accounts, or of any address.
        """
        account = role if "@" in role else self.deployment.account(role)
        return self.do(lambda cloud: cloud.services.identity.token(account, audience))

    def until(self, claim: Callable[[], object], seconds: float = 30) -> None:
        """
        Wait until a claim is true.
        """
        deadline = time.monotonic() + seconds
        while not claim():
            assert time.monotonic() < deadline, "\n".join(self.lines[-40:])
            time.sleep(_LOOK_SECONDS)

    def do(self, work: Callable[[LocalCloud], Result]) -> Result:
        """
        Do something where the stores may be used: in the cloud's own thread.
        """

        async def inside() -> Result:
            return work(self._cloud)

        return self._thread.run(inside())

    def ask(self, host: str, path: str, body: Any, bearer: str) -> tuple[int, Any]:
        """
        Ask one of Google's hosts, or this cloud itself: a GET, or the POST of a body.
        """
        port = self._cloud.services.admin_port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        with contextlib.closing(connection):
            connection.request(
                "GET" if body is None else "POST",
                path,
                None if body is None else json.dumps(body),
                {
                    "Host": host,
                    "Authorization": bearer,
                    "Content-Type": "application/json",
                },
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    @property
    def pubsub_address(self) -> str:
        """
        Where Pub/Sub speaks gRPC, on this side of the door.
        """
        return f"127.0.0.1:{self._cloud.services.pubsub.grpc_port}"
