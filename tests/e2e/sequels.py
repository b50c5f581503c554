"""
What happens to a drop before anybody hears of it.
"""

from collections.abc import Callable
from typing import Any

from localcloud.cloud import LocalCloud
from localcloud.storage.disk.drafts import Source
from shared.drops import Drop
from shared.jobs import KEY_LABEL

Sequel = Callable[[LocalCloud, Drop], object]


def nothing_else(cloud: LocalCloud, drop: Drop) -> None:
    """
    Leave the drop as it is.
    """


def forgotten(cloud: LocalCloud, drop: Drop) -> None:
    """
    Delete the drop's generation for ever.
    """
    source = Source(bucket=drop.bucket, name=drop.name, generation=drop.generation)
    cloud.services.storage.store.objects.delete(source)


def vertex_fault(**rule: Any) -> Sequel:
    """
    What switches a fault of Vertex AI's on that befalls the jobs of this drop alone.
    """

    def switch_on(cloud: LocalCloud, drop: Drop) -> None:
        labels = {KEY_LABEL: f"{drop.drop_id}-s0a1"}
        cloud.services.switches.add({**rule, "service": "vertex", "labels": labels})

    return switch_on
