"""
When the deployment and each of its routes began, kept over restarts: on Google Cloud
Terraform's state has it (`terraform/began.tf`).
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from localcloud.pipeline.deployment import Deployment

# No route's prefix: those are valid names of objects, which hold no such character.
_DEPLOYMENT = "\n"


def begun(deployment: Deployment, memory: Path) -> Deployment:
    """
    The deployment with when it and its routes were first seen with this memory; what
    is new begins now, and a route that was away begins anew.
    """
    known: dict[str, str] = {}
    if memory.exists():
        known = json.loads(memory.read_text(encoding="utf-8"))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    prefixes = [str(route.get("prefix", "")) for route in deployment.routes]
    began = {key: known.get(key, now) for key in (_DEPLOYMENT, *prefixes)}
    if began != known:
        temporary = memory.with_suffix(".part")
        temporary.write_text(json.dumps(began), encoding="utf-8")
        temporary.replace(memory)
    routes = [
        {"began": began[prefix], **route}
        for prefix, route in zip(prefixes, deployment.routes, strict=True)
    ]
    return replace(deployment, began=began[_DEPLOYMENT], routes=routes)
