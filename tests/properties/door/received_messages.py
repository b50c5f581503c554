"""The messages of a local cloud, told as the fakes tell them."""

import base64
from collections.abc import Callable
from typing import Any

from tests.e2e.inside_cloud import InsideCloud
from tests.properties.door.asking import ask_as_user


class ReceivedMessages:
    """What a subscriber has got so far."""

    def __init__(self, inside: InsideCloud) -> None:
        self._inside = inside
        self._got: list[tuple[bytes, dict[str, str]]] = []
        self.on_publish: Callable[[bytes], None] = lambda _: None

    @property
    def published(self) -> list[tuple[bytes, dict[str, str]]]:
        self._pull()
        return self._got

    def forget(self) -> None:
        """Take what is there, and begin anew."""
        self._pull()
        self._got = []

    def _pull(self) -> None:
        path = f"/v1/{self._inside.deployment.subscription}"
        wanted = {"maxMessages": 1000, "returnImmediately": True}
        while received := self._ask(f"{path}:pull", wanted).get("receivedMessages"):
            for each in received:
                message = each["message"]
                data = base64.b64decode(message["data"])
                self._got.append((data, message["attributes"]))
            acks = [each["ackId"] for each in received]
            self._ask(f"{path}:acknowledge", {"ackIds": acks})

    def _ask(self, path: str, body: Any) -> Any:
        return ask_as_user(self._inside, "pubsub.googleapis.com", path, body)
