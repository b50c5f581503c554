"""What happens to a look at the inbox, each with a line of its own."""

from collections.abc import Callable
from typing import Protocol

from shared.bookmark import NAME
from shared.errors import ServiceError
from tests.fakes import FakeCloud

_DUE_SECONDS = 3600


class Looks(Protocol):
    """The functions over a cloud in memory."""

    cloud: FakeCloud

    def look_at_inbox(self, seconds: float = 0) -> None: ...


def finds_what_no_event_told_of(served: Looks) -> None:
    served.cloud.drop()
    served.look_at_inbox(_DUE_SECONDS)


def can_not_look_one_up(served: Looks) -> None:
    served.cloud.drop()
    # After the bookmark and the list.
    served.cloud.faults.fail[2] = lambda: ServiceError("away")
    served.look_at_inbox(_DUE_SECONDS)


def can_not_read_where_it_was(served: Looks) -> None:
    served.cloud.objects.put("state", NAME, b"")
    served.look_at_inbox()


LOOKS: tuple[Callable[[Looks], None], ...] = (
    finds_what_no_event_told_of,
    can_not_look_one_up,
    can_not_read_where_it_was,
)
