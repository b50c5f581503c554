"""
How a run's tests are divided among its processes, where it has several: what takes long
comes first, and files that share what takes long to begin stay together.
"""

from fnmatch import fnmatch
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TESTS = Path(__file__).parent

# Files of few tests that take long: begun last, one of them would keep a process busy
# while the others have nothing left to do.
LONG = (
    "soak/test_soak.py",
    "e2e/test_kills.py",
    "e2e/test_docs.py",
    "properties/test_mutants.py",
    "terraform/test_validations.py",
    "properties/test_crashes.py",
    "terraform/test_apply.py",
    "properties/test_door.py",
    "e2e/test_storage_as_it_is.py",
    "e2e/test_grants.py",
    "e2e/test_each_grant.py",
    "properties/test_machine.py",
    "properties/test_lives.py",
    "properties/test_interleavings.py",
    "properties/test_storage_weather.py",
)

# By what they share. A file that is missing here begins its own.
SHARING = {
    "the pipeline of tests/e2e": (
        "e2e/test_drops.py",
        "e2e/test_endings.py",
        "e2e/test_examples.py",
        "e2e/test_kills.py",
        "e2e/test_memory.py",
        "e2e/test_repeats.py",
    ),
    "the whole local cloud": (
        "architecture/test_deployed_source.py",
        "e2e/test_docs.py",
        "terraform/test_outputs.py",
    ),
    "the servers of Pub/Sub": ("contract/test_pubsub*.py",),
}


class Together(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist tells no types
    """
    A file of tests in one process, and the files that share something in the same.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        for shared, files in SHARING.items():
            if any(fnmatch(file, f"tests/{each}") for each in files):
                return shared
        return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> LoadFileScheduling | None:
    """
    Tell pytest-xdist how it divides the tests.
    """
    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Put what takes long first.
    """
    ranks = {TESTS / name: rank for rank, name in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))
