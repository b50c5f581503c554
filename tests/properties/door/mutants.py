"""
Mistakes planted in the adapters, which the fakes can't show: each is caught by the runs
in which something befalls the call that it is about.
"""

from collections.abc import Mapping

from tests.properties.door.proving import proved
from tests.properties.enumerating import BrokenPromiseError
from tests.properties.mistakes.mutant import Mutant, planted

_BATCHES = "shared/adapters/vertex_batches.py"
_OBJECTS = "shared/adapters/storage_objects.py"
_ANNOUNCEMENTS = "shared/adapters/pubsub_announcements.py"

# By what is wrong: the call, and the mistake.
MISTAKES: Mapping[str, tuple[str, Mutant]] = {
    "the client repeats a create": (
        "batches.create",
        Mutant(
            file=_BATCHES,
            right="                retry=None,\n",
            wrong='                retry=self._reading["retry"],\n',
        ),
    ),
    "a message that is refused is taken for published": (
        "announcements.publish",
        Mutant(
            file=_ANNOUNCEMENTS,
            right="        except PermissionDenied as error:\n",
            wrong="        except PermissionDenied as error:\n"
            '            return "unknown"\n',
        ),
    ),
    "writes have no precondition": (
        "objects.write",
        Mutant(
            file=_OBJECTS,
            right="                if_generation_match=if_generation,\n",
            wrong="",
        ),
    ),
    "a create whose answer is lost is taken for held": (
        "batches.create",
        Mutant(
            file="shared/create_errors.py",
            right='    "UNAVAILABLE": CreateUnknownError,\n',
            wrong='    "UNAVAILABLE": CreateHeldError,\n',
        ),
    ),
}


def caught(mistake: str) -> str:
    """What broke first with this mistake in the code, or nothing."""
    call, mutant = MISTAKES[mistake]
    with planted(mutant) as root:
        try:
            proved("--story=completed", f"--call={call}", root=root)
        except BrokenPromiseError as error:
            return str(error)
    return ""
