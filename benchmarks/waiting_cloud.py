"""
A bare local cloud whose jobs wait as long as it is told, and have no quotas.

    python -m benchmarks.waiting_cloud FOLDER PENDING_SECONDS RUNNING_SECONDS

Prints one line of JSON when it runs, and ends when its standard input does.
"""

import asyncio
import json
import sys
from pathlib import Path

from localcloud.cloud import LocalCloud, Options
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace


async def _serve(folder: Path, pending: float, running: float) -> None:
    options = Options(
        folder=folder,
        bare=True,
        pace=Pace(
            pending_seconds=pending, running_seconds=running, seconds_per_row=0.0
        ),
        knobs=Knobs(submissions_per_minute=None, reads_per_minute=None),
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    async with LocalCloud(options) as cloud:
        print(json.dumps({"variables": cloud.access.variables()}), flush=True)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
