"""
This process's environment, behind a door for a while and as it was afterwards.
"""

import os
from collections.abc import Mapping, Sequence


class Environment:
    """
    The variables of one local cloud: entered and left, as often as one likes.

    Only one local cloud at a time can be the one that Google's clients reach.
    """

    _entered: "Environment | None" = None

    def __init__(
        self, name: str, variables: Mapping[str, str], unset: Sequence[str]
    ) -> None:
        self.name = name
        self.variables = dict(variables)
        self._unset = tuple(unset)
        self._before: dict[str, str | None] = {}
        self._depth = 0

    def of(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """
        An environment for a program that is to reach the local cloud.
        """
        kept = {k: v for k, v in inherited.items() if k not in self._unset}
        return kept | self.variables

    def enter(self) -> None:
        """
        Point this process's clients at the local cloud.
        """
        other = Environment._entered
        if other is not None and other is not self:
            raise RuntimeError(
                f"{other.name} and {self.name} can't be used in one test: Google's "
                "clients reach one of them. Use one fixture in a test"
            )
        self._depth += 1
        if self._depth > 1:
            return
        Environment._entered = self
        self._before = {
            name: os.environ.get(name) for name in (*self._unset, *self.variables)
        }
        for name in self._unset:
            os.environ.pop(name, None)
        os.environ.update(self.variables)

    def leave(self) -> None:
        """
        Put back what was there before it was entered.
        """
        self._depth -= 1
        if self._depth:
            return
        Environment._entered = None
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
