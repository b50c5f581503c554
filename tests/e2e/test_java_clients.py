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
)
from tests.running_cloud import RunningCloud


@pytest.fixture(scope="module")
def told(bare_cloud: RunningCloud) -> dict[str, Section]:
    built = needs.clients("java")
    classes = f"{built / 'classes'}{os.pathsep}{built / 'dependency'}/*"
    java = ["java", *needs.JAVA_OPTIONS, "-cp", classes]
    return reports(bare_cloud, *java, "dropbatch.Main", "java-clients")


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
            java = ["java", *needs.JAVA_OPTIONS, "-cp", libraries]
            made[name.lower()] = [*java, str(folder / f"{name}.java")]
        return made


def test_the_page_names_the_libraries_that_are_tried() -> None:
    (block,) = pages.programs("java.md", "xml")
    tried = (LANGUAGES["java"].sources / "pom.xml").read_text()
    assert (
        block.split()
        == tried[tried.index("<dependencyManagement>") : tried.index("<build>")].split()
    )
