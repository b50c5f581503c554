"""
Google's Go clients, unchanged and with no endpoint option but a region's.
"""

import pytest

from tests import needs
from tests.clients.installing import LANGUAGES
from tests.e2e import pages
from tests.e2e.client_promises import (
    BatchJobPromises,
    GenaiPromises,
    PagePromises,
    PubsubPromises,
    Section,
    StoragePromises,
    reports,
)
from tests.running_cloud import RunningCloud

_EXAMPLES = ("batch", "jobs", "subscribe")


@pytest.fixture(scope="module")
def told(bare_cloud: RunningCloud) -> dict[str, Section]:
    return reports(bare_cloud, str(needs.clients("go") / "clients"), "go-clients")


@pytest.mark.parametrize("location", ["us-central1", "global"])
class TestBatchJobs(BatchJobPromises):
    pass


@pytest.mark.parametrize("location", ["us-central1", "global"])
class TestGenai(GenaiPromises):
    pass


class TestStorage(StoragePromises):
    pass


class TestPubsub(PubsubPromises):
    pass


class TestPage(PagePromises):
    name = "go"

    @pytest.fixture
    def commands(self) -> dict[str, list[str]]:
        built = needs.clients("go")
        return {name: [str(built / name)] for name in _EXAMPLES}


def test_the_page_prints_the_programs_that_are_run() -> None:
    sources = LANGUAGES["go"].sources / "examples"
    assert pages.programs("go.md", "go") == [
        (sources / name / "main.go").read_text() for name in _EXAMPLES
    ]


def test_the_page_names_the_versions_that_are_tried() -> None:
    page = " ".join((pages.DOCS / "go.md").read_text().split())
    asked = (LANGUAGES["go"].sources / "go.mod").read_text().partition("require (")[2]
    wanted = [line.split()[:2] for line in asked.partition(")")[0].splitlines() if line]
    named = [
        f"`{module}` {version}" for module, version in wanted if "grpc" not in module
    ]
    assert [text for text in named if "/api`" not in text and text not in page] == []
