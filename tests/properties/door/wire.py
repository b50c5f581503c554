"""
What may befall an outward call at the wire: the process dies, a request of the call
goes wrong once, or every one does as long as the call lasts. What the client makes of
it, its repeats included, is the client's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# It is waited for in earnest; and is long enough for a machine that has much to do.
CREATE_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """
    One thing that befalls a call. `fault` says what a local cloud's rule does to the
    `request`-th request of the call, or to each if that is 0. Without one the process
    dies; `done`: after the call.
    """

    name: str
    fault: Mapping[str, Any] = field(default_factory=dict)
    request: int = 0
    done: bool = False


_DEATHS = (Mishap(name="dies before"), Mishap(name="dies after", done=True))


def _error(code: int | str, **more: Any) -> Mapping[str, Any]:
    return {"error": {"code": code}, **more}


def _faults(codes: tuple[int | str, ...], **more: Any) -> dict[str, Mapping[str, Any]]:
    said = ", done" if more.get("after_effect") else ""
    return {f"{code}{said}": _error(code, **more) for code in codes}


_CUT: Mapping[str, Mapping[str, Any]] = {"cut": {"cut": True}}
_CUT_DONE: Mapping[str, Mapping[str, Any]] = {
    "cut, done": {"cut": True, "after_effect": True}
}
# In the middle of what is read or written.
_TORN: Mapping[str, Mapping[str, Any]] = {"torn": {"cut_after_bytes": 20}}

_READ_ONCE = {**_faults((429, 500, 503)), **_CUT}
_READ_LASTING = _faults((400, 403, 404, 503))
_CHANGE_ONCE = {**_READ_ONCE, **_faults((503,), after_effect=True), **_CUT_DONE}
_CHANGE_LASTING = {**_READ_LASTING, **_faults((503,), after_effect=True)}

_ASK_ONCE = {
    **_faults(("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED")),
    **_CUT,
}
_ASK_LASTING = _faults(
    ("UNAVAILABLE", "UNKNOWN", "PERMISSION_DENIED", "INVALID_ARGUMENT", "NOT_FOUND")
)
_LOST = ("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "UNKNOWN", "CANCELLED")
# It is one request, and never another.
_CREATE = {
    **_faults(("RESOURCE_EXHAUSTED", "PERMISSION_DENIED")),
    **_faults(("INVALID_ARGUMENT", "NOT_FOUND")),
    **_faults(_LOST),
    **_faults(_LOST, after_effect=True),
    **_CUT,
    **_CUT_DONE,
    # The client gives up by itself.
    "late, done": {
        "delay_seconds": CREATE_TIMEOUT_SECONDS + 0.5,
        "after_effect": True,
    },
}
_PUBLISH_ONCE = {
    **_faults(("UNAVAILABLE", "INTERNAL", "ABORTED", "RESOURCE_EXHAUSTED")),
    **_faults(("UNAVAILABLE", "DEADLINE_EXCEEDED"), after_effect=True),
    **_CUT,
    **_CUT_DONE,
}
_PUBLISH_LASTING = {
    **_faults(("UNAVAILABLE", "PERMISSION_DENIED", "NOT_FOUND")),
    **_faults(("UNAVAILABLE",), after_effect=True),
}

_Faults = Mapping[str, Mapping[str, Any]]

# By what the call is called without its bucket: once, and as long as the call lasts.
MISHAPS: Mapping[str, tuple[_Faults, _Faults]] = {
    "objects.read": ({**_READ_ONCE, **_TORN}, _READ_LASTING),
    "objects.write": ({**_CHANGE_ONCE, **_TORN}, _CHANGE_LASTING),
    "objects.annotate": (_CHANGE_ONCE, _CHANGE_LASTING),
    "objects.delete": (_CHANGE_ONCE, _CHANGE_LASTING),
    "objects.list": ({**_READ_ONCE, **_TORN}, _READ_LASTING),
    "objects.versions": ({**_READ_ONCE, **_TORN}, _READ_LASTING),
    "objects.stream": ({**_READ_ONCE, **_TORN}, _READ_LASTING),
    "objects.copy": (_CHANGE_ONCE, _CHANGE_LASTING),
    "objects.info": (_READ_ONCE, _READ_LASTING),
    "batches.create": (_CREATE, {}),
    "batches.get": (_ASK_ONCE, _ASK_LASTING),
    "batches.active": (_ASK_ONCE, _ASK_LASTING),
    "batches.find": (_ASK_ONCE, _ASK_LASTING),
    "batches.cancel": (
        {**_ASK_ONCE, **_faults(("UNAVAILABLE",), after_effect=True)},
        {**_ASK_LASTING, **_faults(("UNAVAILABLE",), after_effect=True)},
    ),
    "announcements.publish": (_PUBLISH_ONCE, _PUBLISH_LASTING),
}


def mishaps_of(call: str, requests: int) -> tuple[Mishap, ...]:
    """All that may befall a call that makes so many requests."""
    once, lasting = MISHAPS[call.partition(" ")[0]]
    return (
        *_DEATHS,
        *(
            Mishap(name=f"{name}, once", fault=fault, request=number)
            for number in range(1, requests + 1)
            for name, fault in once.items()
        ),
        *(
            Mishap(name=f"{name}, lasting", fault=fault)
            for name, fault in lasting.items()
        ),
    )
