"""
Our Pub/Sub for tests of pushes: in a thread, stopped and started again at will.
"""

from pathlib import Path
from typing import Any

from tests.contract.pubsub_local import LocalPubSub
from tests.contract.push_endpoint import Endpoint
from tests.loop_thread import LoopThread


class Restartable:
    """
    Our Pub/Sub in a thread, on one folder and one port.
    """

    def __init__(self, loop: LoopThread, folder: Path) -> None:
        self._loop = loop
        self._folder = folder
        self._port = 0
        self.start()

    def start(self) -> None:
        self.local = LocalPubSub(self._folder)
        self._loop.run(self.local.begin(port=self._port))
        self._port = self.local.pubsub.grpc_port

    def stop(self) -> None:
        self._loop.run(self.local.end())


def pushed_to(endpoint: Endpoint, **config: Any) -> dict[str, Any]:
    return {"push_config": {"push_endpoint": f"{endpoint.url}/in", **config}}
