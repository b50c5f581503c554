"""
The switches of one local cloud: what goes wrong in it from now on.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from localcloud.control.given import Disturbing, Given, disturbed, read_given
from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.faults import Faults
from localcloud.faults.rules import Call
from localcloud.pipeline.delivery import Disturbance

EVENTARC = "eventarc"
FINALIZED = "google.cloud.storage.object.v1.finalized"


class Disturbed(Protocol):
    """
    What events come by.
    """

    def disturb(self, disturbance: Disturbance) -> None:
        """Let this befall the events from now on."""


class Switches:
    """
    Faults of all services and disturbances of events, by rule or by name.

    Several disturbances are in force together; of one field the last one given holds.
    """

    def __init__(
        self, faults: Faults, base: Disturbance | None = None, *, events: bool = True
    ) -> None:
        self.faults = faults
        self._base = base or Disturbance()
        self._events = events
        self._bridge: Disturbed | None = None
        self._disturbing: dict[str, Disturbing] = {}

    @property
    def disturbance(self) -> Disturbance:
        """
        What befalls events now, all in all.
        """
        found = self._base
        for each in self._disturbing.values():
            found = disturbed(found, each.fields)
        return found

    def join(self, bridge: Disturbed) -> None:
        """
        Say what events come by, from now on.
        """
        self._bridge = bridge
        self._disturb()

    def set_base(self, fields: Mapping[str, Any]) -> Disturbance:
        """
        What befalls events beside what is switched on by name; a ValueError says why
        not.
        """
        self._check_events()
        self._base = disturbed(Disturbance(), fields)
        self._disturb()
        return self._base

    def add(self, given: Any) -> list[str]:
        """
        Switch on what plain data say; its ids. A ValueError says why nothing was.
        """
        if given == []:
            raise ValueError("the list is empty: give it a rule, or a fault's name")
        return self.switch_on(read_given(given))

    def switch_on(self, given: Sequence[Given]) -> list[str]:
        """
        Switch these on; their ids.
        """
        disturbing = [each for each in given if isinstance(each, Disturbing)]
        if disturbing:
            self._check_events()
        added = []
        for each in given:
            if isinstance(each, Disturbing):
                added.append(self.faults.new_id())
                self._disturbing[added[-1]] = each
            else:
                added += self.faults.add(each)
        if disturbing:
            self._disturb()
        return added

    def remove(self, which: str) -> int:
        """
        Switch off what has this id or this name; how many those were.
        """
        gone = [id for id, each in self._disturbing.items() if which in (id, each.name)]
        for id in gone:
            del self._disturbing[id]
        if gone:
            self._disturb()
        return len(gone) + self.faults.remove(which)

    def clear(self) -> None:
        """
        Switch everything off, but for what befalls events by itself.
        """
        self.faults.clear()
        if self._disturbing:
            self._disturbing.clear()
            self._disturb()

    def count(self) -> int:
        """
        How many are on.
        """
        return len(self.faults.rules) + len(self._disturbing)

    def told(self) -> dict[str, Any]:
        """
        The catalogue, what is on, and what was injected, as plain data.
        """
        return {
            "catalogue": [
                {
                    "name": each.name,
                    "service": each.service,
                    "says": each.says,
                    "always": each.always,
                }
                for each in catalogue().values()
            ],
            "rules": [
                *self.faults.told(),
                *(
                    {
                        "id": id,
                        "name": each.name,
                        "service": EVENTARC,
                        "method": FINALIZED,
                        "disturbance": each.fields,
                    }
                    for id, each in self._disturbing.items()
                ),
            ],
            "injected": list(self.faults.injected),
        }

    def note_event(self, bucket: str, name: str, happens: Mapping[str, Any]) -> None:
        """
        Keep, and log, what befell an event.
        """
        names = [each.name for each in self._disturbing.values()]
        call = Call(
            service=EVENTARC,
            method=FINALIZED,
            resource=f"projects/_/buckets/{bucket}/objects/{name}",
        )
        self.faults.note(
            call,
            rule=",".join(self._disturbing),
            name=",".join(names),
            happens=dict(happens),
        )

    def _check_events(self) -> None:
        if not self._events:
            raise ValueError(
                "this local cloud has no pipeline, and so no events to disturb: start "
                "it without --bare"
            )

    def _disturb(self) -> None:
        if self._bridge is not None:
            self._bridge.disturb(self.disturbance)
