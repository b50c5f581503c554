"""
Each of storage's catalogued faults, played: it does what its sentence says.
"""

import pytest

from localcloud.faults.catalogue.entries import catalogue
from tests.contract.storage_fault_fixtures import running, storage
from tests.contract.storage_plays import plays
from tests.contract.storage_stage import Storage
from tests.unit.faults.played import switch_on

__all__ = ["running", "storage"]


@pytest.mark.parametrize(
    "name", [each.name for each in catalogue().values() if each.service == "storage"]
)
def test_a_fault_does_what_its_sentence_says(name: str, storage: Storage) -> None:
    assert name in plays.by_name, f"nothing plays {name}"
    switch_on(storage.faults, name)
    plays.by_name[name](storage)
