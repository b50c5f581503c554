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
from localcloud.services import Services
from localcloud.storage.server import StorageServer
from localcloud.vertex.vertex import Vertex

ASKED: list[tuple[Callable[..., Any], set[str]]] = [
    (Permits, {"grants"}),
    (Callers, {"permits"}),
    (Services, {"callers", "permits"}),
    (StorageServer, {"token_fault", "permits"}),
    (PubSub, {"make_front"}),
    (Front, {"token_fault", "permits"}),
    (Front.call, {"account"}),
    (Front.streaming_pull, {"account"}),
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
