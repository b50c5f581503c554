"""
Each of Vertex AI's catalogued faults, played: it does what its sentence says.
"""

from dataclasses import replace

import pytest

from localcloud.faults.catalogue.entries import catalogue
from tests.unit.faults.played import switch_on
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import PACE
from tests.unit.vertex.plays import creates, lists, output, shown, stage, states

# Imported, and so registered.
PLAYED = (creates, lists, output, shown, states)
OFTEN = replace(PACE, incremental_seconds=33)


@pytest.mark.parametrize(
    "name", [each.name for each in catalogue().values() if each.service == "vertex"]
)
def test_a_fault_does_what_its_sentence_says(name: str, make_world: MakeWorld) -> None:
    pace = OFTEN if name == "incremental-predictions" else PACE
    world = make_world(pace=pace)
    assert name in stage.plays.by_name, f"nothing plays {name}"
    switch_on(world.faults, name)
    stage.plays.by_name[name](world)
