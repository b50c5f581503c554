"""
Which catalogued faults a file of tests plays: each by a function of its name.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from localcloud.control.given import Disturbing, read_given
from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.faults import Faults

Play = TypeVar("Play", bound=Callable[..., Any])


class Plays:
    """
    The plays of one service, by the name of the fault.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Any] = {}

    def of(self, name: str) -> Callable[[Play], Play]:
        """
        Say that a function plays a fault.
        """

        def register(play: Play) -> Play:
            assert name in catalogue(), name
            assert name not in self.by_name, name
            self.by_name[name] = play
            return play

        return register


def switch_on(faults: Faults, name: str, **overrides: Any) -> None:
    """
    Switch a fault on by its name, unless that is how it always is.
    """
    if catalogue()[name].always:
        return
    for each in read_given({"name": name, **overrides}):
        assert not isinstance(each, Disturbing)
        faults.add(each)
