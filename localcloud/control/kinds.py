"""
Which rule each service has.
"""

from collections.abc import Mapping

from localcloud.faults.rules import Rule
from localcloud.pubsub.faults.rules import PubsubFault
from localcloud.storage.faults.rules import StorageFault
from localcloud.vertex.faults.rules import Fault

KINDS: Mapping[str, type[Rule]] = {
    "vertex": Fault,
    "storage": StorageFault,
    "pubsub": PubsubFault,
}
