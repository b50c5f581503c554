"""
The local cloud at a glance: what there is of each kind, and what to type to use it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from localcloud.page.state.drops import Drops
from localcloud.page.state.messages import waiting
from localcloud.pipeline.deployment import Deployment
from localcloud.pipeline.function import Function
from localcloud.pubsub.broker import Broker
from localcloud.vertex.jobs.overview import Overview


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What the local cloud says of itself, once: `run` tells one run from another,
    `command` is what a shell calls `dropbatch`.
    """

    project: str
    folder: str
    run: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """
    What the pipeline is made of.
    """

    deployment: Deployment
    functions: Mapping[str, Function]


def summary(
    told: Told,
    *,
    jobs: Overview,
    broker: Broker,
    drops: Drops | None,
    deployed: Deployed | None,
    faults_on: int,
) -> dict[str, Any]:
    """
    Everything that is shown beside each view.
    """
    return {
        **asdict(told),
        "bare": deployed is None,
        "jobs": jobs.counts(),
        "messages": waiting(broker),
        "drops": asdict(drops.counts()) if drops else None,
        "faultsOn": faults_on,
        "pipeline": _pipeline(deployed) if deployed else None,
    }


def _pipeline(deployed: Deployed) -> dict[str, Any]:
    deployment = deployed.deployment
    return {
        "inbox": deployment.bucket("inbox"),
        "results": deployment.bucket("results"),
        "prefix": next(iter(deployment.routes))["prefix"],
        "subscription": deployment.subscription,
        "functions": [
            {"name": name, "served": function.url is not None}
            for name, function in deployed.functions.items()
        ],
    }
