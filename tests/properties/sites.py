"""From where in the code a call goes out that is being made."""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import shared
from tests.properties.stories import STORIES
from tests.properties.world import World

SHARED = Path(shared.__file__).parent
OnCall = Callable[[str], None]


def frames() -> Iterator[FrameType]:
    """Where in the code it is made, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        if Path(frame.f_code.co_filename).parent == SHARED:
            yield frame
        frame = frame.f_back


def module_of(frame: FrameType) -> str:
    return Path(frame.f_code.co_filename).stem


def function_of(frame: FrameType) -> str:
    """`Class.method`, or a function's name."""
    return frame.f_code.co_qualname.partition(".<locals>")[0]


def play_stories(looker: Callable[[World], OnCall]) -> None:
    """Play each without mishaps; what is made for it looks at every call."""
    for story in STORIES.values():
        world = World.with_mishaps({})
        world.cloud.faults.on_call = looker(world)
        with contextlib.redirect_stdout(io.StringIO()):
            story(world)
