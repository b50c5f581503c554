"""The real adapters on Google's clients, as `wiring` joins them for each caller."""

import contextlib
import os
import socket
from typing import Any

from requests.adapters import HTTPAdapter

from localcloud.access import access_to
from localcloud.cloud import LocalCloud
from shared import wiring
from shared.adapters.storage_objects import StorageObjects
from shared.errors import ForbiddenError
from shared.ports import Announcements, Batches, Objects
from tests.e2e.inside_cloud import InsideCloud

Adapters = tuple[Objects, Batches, Announcements]


def adapters_of(inside: InsideCloud, account: str) -> Adapters:
    """
    What a process has that runs as this account, from the environment, which stays
    changed.
    """
    deployment = inside.deployment

    def variables(cloud: LocalCloud) -> dict[str, str]:
        access = access_to(
            cloud.folder,
            port=cloud.door.port,
            project=deployment.project,
            account=account,
        )
        return access.variables()

    os.environ.update(inside.do(variables) | deployment.settings())
    made = (wiring._settings, wiring._objects, wiring._batches, wiring._announcements)
    for each in made:
        each.cache_clear()
    batches = wiring._batches()
    # Its clients are made, and take the account, with the first call to a location.
    for location in ("us-central1", "global"):
        with contextlib.suppress(ForbiddenError):
            list(batches.active(location))
    objects = wiring._objects()
    assert isinstance(objects, StorageObjects)
    objects._client._http.mount("https://", _AtOnce())
    return objects, batches, wiring._announcements()


class _AtOnce(HTTPAdapter):
    """
    Sends what is small at once, too: for connections through a proxy urllib3 switches
    that off, which costs 40 ms of every upload.
    """

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        at_once = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        return super().proxy_manager_for(proxy, socket_options=at_once, **more)
