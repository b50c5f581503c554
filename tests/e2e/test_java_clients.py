"""
Google's Java clients, unchanged and with no endpoint option but a region's.
"""

import os

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
    section,
)
from tests.running_cloud import RunningCloud

# For programs that run for seconds: half the work is in compiling them well.
_JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@pytest.fixture(scope="module")
def told(bare_cloud: RunningCloud) -> dict[str, Section]:
    built = needs.clients("java")
    classes = f"{built / 'classes'}{os.pathsep}{built / 'dependency'}/*"
    return reports(bare_cloud, "java", "-cp", classes, "dropbatch.Main", "java-clients")


@pytest.mark.parametrize("location", ["us-central1", "global"])
class TestBatchJobs(BatchJobPromises):
    @pytest.fixture
    def jobs(self, told: dict[str, Section], location: str) -> Section:
        return section(told, f"jobs grpc {location}")


@pytest.mark.parametrize("location", ["us-central1", "global"])
class TestGenai(GenaiPromises):
    @pytest.fixture
    def batches(self, told: dict[str, Section], location: str) -> Section:
        return section(told, f"genai {location}")


class TestStorage(StoragePromises):
    @pytest.fixture
    def objects(self, told: dict[str, Section]) -> Section:
        return section(told, "storage")


class TestPubsub(PubsubPromises):
    @pytest.fixture
    def messages(self, told: dict[str, Section]) -> Section:
        return section(told, "pubsub")


class TestPage(PagePromises):
    name = "java"

    @pytest.fixture
    def commands(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> dict[str, list[str]]:
        libraries = f"{needs.clients('java') / 'dependency'}/*"
        folder = tmp_path_factory.mktemp("java")
        made = {}
        for text in pages.programs("java.md", "java"):
            name = text.removeprefix("// ").partition(".java:")[0]
            (folder / f"{name}.java").write_text(text)
            command = [*_JAVA, "-cp", libraries, str(folder / f"{name}.java")]
            made[name.lower()] = command
        return made


def test_the_page_names_the_libraries_that_are_tried() -> None:
    (block,) = pages.programs("java.md", "xml")
    tried = (LANGUAGES["java"].sources / "pom.xml").read_text()
    assert (
        block.split()
        == tried[tried.index("<dependencyManagement>") : tried.index("<build>")].split()
    )
