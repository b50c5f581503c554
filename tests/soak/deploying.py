"""The cloud that a soak runs on: as a user starts it, with routes and times of ours."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from localcloud.pipeline.deployment import Deployment
from tests.running_cloud import RunningCloud, running_cloud
from tests.soak.files import ROUTES
from tests.soak.times import SPEED, TIMES

DEPLOYMENT = Deployment(routes=ROUTES, times=TIMES)


@contextlib.contextmanager
def soaked_cloud(folder: Path) -> Iterator[RunningCloud]:
    """The local cloud in a folder, for as long as the context lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    routes = folder / "routes.json"
    routes.write_text(json.dumps(ROUTES))
    times = [f"--time={name}={seconds}" for name, seconds in TIMES.items()]
    with running_cloud(
        folder / "data", "--speed", f"{SPEED}", "--routes", str(routes), *times
    ) as cloud:
        yield cloud
