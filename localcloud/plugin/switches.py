"""
Faults, as a test switches them on.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from localcloud.plugin.calls import admin_call

_PATH = "/admin/faults"


class FaultSwitches:
    """
    The faults of one local cloud. Those that a test adds end with the test.
    """

    def __init__(self, admin_url: str) -> None:
        self._url = admin_url
        self._added: list[str] = []

    def add(
        self,
        fault: str | Mapping[str, Any] | Sequence[Mapping[str, Any]],
        **fields: Any,
    ) -> list[str]:
        """
        Switch on a fault of the catalogue by its name, with other values for some of
        its fields, or a rule, or several; their ids.
        """
        if isinstance(fault, str):
            given: Any = {"name": fault, **fields}
        elif isinstance(fault, Mapping):
            given = {**fault, **fields}
        else:
            given = [{**each, **fields} for each in fault]
        added: list[str] = admin_call(self._url, "POST", _PATH, given)["added"]
        self._added += added
        return added

    def clear(self, *which: str) -> None:
        """
        Switch off what has these ids or names; all faults if none is given.
        """
        if not which:
            self._added.clear()
            admin_call(self._url, "DELETE", _PATH)
        for each in which:
            admin_call(self._url, "DELETE", f"{_PATH}/{quote(each, safe='')}")

    def switch_on(self, faults: Sequence[Any]) -> None:
        """
        Switch on what does not end with a test.
        """
        if faults:
            admin_call(self._url, "POST", _PATH, list(faults))

    @property
    def injected(self) -> list[dict[str, Any]]:
        """
        What went wrong so far, the oldest first.
        """
        told: list[dict[str, Any]] = self._told()["injected"]
        return told

    @property
    def rules(self) -> list[dict[str, Any]]:
        """
        What is on.
        """
        told: list[dict[str, Any]] = self._told()["rules"]
        return told

    @property
    def catalogue(self) -> dict[str, str]:
        """
        The faults that have a name, and what each does.
        """
        return {each["name"]: each["says"] for each in self._told()["catalogue"]}

    def end_of_test(self) -> None:
        """
        Switch off what was added since the last end, and is still on.
        """
        added, self._added = set(self._added), []
        if added:
            on = {each["id"] for each in self.rules}
            for each in sorted(added & on):
                self.clear(each)

    def _told(self) -> Any:
        return admin_call(self._url, "GET", _PATH)
