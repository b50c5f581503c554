"""What a plan is made of: each act, and when it is done."""

from typing import Any

import msgspec

FUNCTIONS = ("submit_job", "poll_jobs")


class Act(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that is done `at` so many seconds from the beginning."""

    at: float


class Upload(Act, frozen=True, kw_only=True):
    """A file is dropped. One name may be dropped again: another generation."""

    number: int
    name: str
    kind: str
    mark: str
    rows: int


class Delete(Act, frozen=True, kw_only=True):
    """The newest generation of an upload's name is deleted, perhaps for ever."""

    number: int
    for_ever: bool


class Spell(Act, frozen=True, kw_only=True):
    """A fault is on for so many seconds; `lane` is what it is about."""

    lane: str
    seconds: float
    fault: dict[str, Any]


class Kill(Act, frozen=True, kw_only=True):
    """A function's whole process group gets SIGKILL."""

    function: str


class Sleep(Act, frozen=True, kw_only=True):
    """A function stops in the middle of whatever it does, and wakes up late."""

    function: str
    seconds: float


class Tick(Act, frozen=True, kw_only=True):
    """A tick beside the scheduler's own."""


class Look(Act, frozen=True, kw_only=True):
    """A look at the inbox beside the scheduler's own."""


class Cancel(Act, frozen=True, kw_only=True):
    """Somebody cancels the job of an upload, if it runs just then."""

    number: int


class Release(Act, frozen=True, kw_only=True):
    """An operator cancels every job that is stuck."""


Acts = Upload | Delete | Spell | Kill | Sleep | Tick | Look | Cancel | Release
