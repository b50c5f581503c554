"""
The run of a crowd of drops, and every byte that came of it. A seed gives the same run:

    python -m tests.properties.crowd_runs --seed 7
"""

import argparse
import contextlib
import hashlib
import io
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tests.properties.crowd import Crowd
from tests.properties.enumerating import BrokenPromiseError
from tests.properties.holding import Broken
from tests.storage_weather import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run that kept every promise, in every byte that came of it."""

    calls: list[str]
    log: str
    objects: Mapping[str, tuple[bytes, Mapping[str, str]]]
    messages: list[tuple[bytes, dict[str, str]]]
    endings: Mapping[str, str]
    met: Mapping[Trouble, int]
    waited: int
    meanwhile: int
    vanished: int

    def digest(self) -> str:
        """What two runs of one seed have in common."""
        told = repr((self.calls, self.log, self.objects, self.messages))
        return hashlib.sha256(told.encode()).hexdigest()


def run(seed: int) -> Ran:
    """Run the crowd of a seed to its end. Raises BrokenPromiseError."""
    crowd, log = Crowd.of(seed), io.StringIO()
    try:
        with contextlib.redirect_stdout(log):
            crowd.run()
        endings = crowd.check()
    except (Exception, Broken) as error:
        raise BrokenPromiseError(f"seed {seed}: {error!r}") from error
    cloud = crowd.world.cloud
    return Ran(
        calls=crowd.world.calls,
        log=log.getvalue(),
        objects={
            f"{bucket}/{name}": (stored.content, stored.info.metadata)
            for (bucket, name), stored in sorted(cloud.objects.live.items())
        },
        messages=cloud.announcements.published,
        endings=endings,
        met=Counter(crowd.weather.met),
        waited=crowd.weather.waited,
        meanwhile=crowd.meanwhile,
        vanished=len(crowd.vanished),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    ran = run(given.seed)
    sys.stdout.write(f"{len(ran.calls)} calls, {ran.digest()}\n")
