"""Connections that a fault cuts, and what the cloud says of them on its terminal."""

from collections.abc import Callable

import pytest
import requests

from tests.e2e.faulty_cloud import ask, dropbatch, injected, jobs
from tests.running_cloud import RunningCloud


def _storage(cloud: RunningCloud) -> str:
    project = cloud.told["project"]
    return f"https://storage.googleapis.com/storage/v1/b?project={project}"


def _topics(cloud: RunningCloud) -> str:
    project = cloud.told["project"]
    return f"https://pubsub.googleapis.com/v1/projects/{project}/topics"


@pytest.mark.parametrize(
    ("service", "address"),
    [("storage", _storage), ("vertex", jobs), ("pubsub", _topics)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_connection_that_a_fault_cut_is_no_news(
    bare_cloud: RunningCloud, service: str, address: Callable[[RunningCloud], str]
) -> None:
    errors = bare_cloud.folder / "stderr.log"
    before, said = len(injected(bare_cloud)), errors.read_text()
    rule = f'{{"service": "{service}", "cut": true, "times": 1}}'
    dropbatch(bare_cloud, "faults", "add", "--rule", rule)

    with pytest.raises(requests.ConnectionError):
        ask(bare_cloud, "GET", address(bare_cloud))
    # Whoever is answered is so after everything was said of the one before.
    assert ask(bare_cloud, "GET", address(bare_cloud)).status_code == 200

    assert len(injected(bare_cloud)) == before + 1
    assert errors.read_text() == said
    dropbatch(bare_cloud, "faults", "clear")
