"""
Nothing that says who may do what is left out in silence: a forgotten argument would
make everybody an owner.
"""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.callers import Callers
from localcloud.permits import Permits
from localcloud.pipeline import eventarc
from localcloud.pipeline import front as pipeline_front
from localcloud.pubsub.faults.front import FaultyFront
from localcloud.pubsub.pubsub import PubSub
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.streaming_pull import streaming_pull
from localcloud.services import Services
from localcloud.storage.api.calls import Call
from localcloud.storage.api.resumable import ResumableUploads
from localcloud.storage.disk.copies import Copies
from localcloud.storage.disk.objects import Objects
from localcloud.storage.disk.uploads import Uploads
from localcloud.storage.rules.overwrites import UNASKED, Overwrites
from localcloud.storage.server import StorageServer
from localcloud.vertex.vertex import Vertex

ASKED: list[tuple[Callable[..., Any], set[str]]] = [
    (Permits, {"grants"}),
    (Callers, {"permits"}),
    (Services, {"callers", "permits"}),
    (StorageServer, {"token_fault", "permits"}),
    (Call, {"overwrites"}),
    (Overwrites, {"account", "permit", "asked_first"}),
    (Uploads.start, {"account"}),
    (ResumableUploads, {"overwrites_of"}),
    (Objects.check, {"overwrites"}),
    (Objects.insert, {"overwrites"}),
    (Copies.copy, {"overwrites"}),
    (Copies.move, {"overwrites"}),
    (Copies.restore, {"overwrites"}),
    (PubSub, {"make_front"}),
    (Front, {"token_fault", "permits"}),
    (Front.call, {"account"}),
    (Front.streaming_pull, {"account"}),
    (streaming_pull, {"permit"}),
    (FaultyFront, {"token_fault", "permits"}),
    (FaultyFront.call, {"account"}),
    (FaultyFront.streaming_pull, {"account"}),
    (Vertex, {"authorize"}),
    (eventarc.Bridge, {"token", "may_receive"}),
    (pipeline_front.Front, {"identity", "permits"}),
]


@pytest.mark.parametrize(
    ("called", "names"), ASKED, ids=[called.__qualname__ for called, _ in ASKED]
)
def test_who_may_do_what_has_to_be_said(
    called: Callable[..., Any], names: set[str]
) -> None:
    parameters = inspect.signature(called).parameters
    left_out = {
        name
        for name in names
        if parameters[name].default is not inspect.Parameter.empty
    }
    assert left_out == set()


def test_a_call_replaces_nothing_before_somebody_has_looked_who_calls() -> None:
    call = Call.read("POST", "/upload/storage/v1/b/b/o", {}, secure=True)

    assert call.overwrites is UNASKED
    with pytest.raises(RuntimeError, match="nobody has asked"):
        call.overwrites.permit("b")
