"""
Google's Node.js clients, unchanged and with no endpoint option but a region's.
"""

import json
import shutil
from pathlib import Path

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


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A folder with the programs, and the packages beside them.
    """
    installed = needs.clients("node")
    folder = tmp_path_factory.mktemp("node") / "programs"
    shutil.copytree(LANGUAGES["node"].sources, folder)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    return folder


@pytest.fixture(scope="module")
def told(bare_cloud: RunningCloud, programs: Path) -> dict[str, Section]:
    return reports(bare_cloud, "node", str(programs / "main.js"), "node-clients")


@pytest.mark.parametrize("location", ["us-central1", "global"])
@pytest.mark.parametrize("transport", ["grpc", "rest"])
class TestBatchJobs(BatchJobPromises):
    @pytest.fixture
    def jobs(self, told: dict[str, Section], transport: str, location: str) -> Section:
        return section(told, f"jobs {transport} {location}")


@pytest.mark.parametrize("location", ["us-central1", "global"])
class TestGenai(GenaiPromises):
    pass


class TestStorage(StoragePromises):
    pass


class TestPubsub(PubsubPromises):
    pass


def test_a_host_that_is_not_googles_is_refused(told: dict[str, Section]) -> None:
    """
    By fetch, by Node's own agent and by one that a program made, as google-gax does.
    """
    outside = section(told, "outside")
    assert outside["google"] == 401  # fetch sends no token, and reaches the door
    assert outside["fetch"] != "reached"
    for way in ("agent", "ownAgent"):
        assert "403" in outside[way], outside


def test_this_machine_is_reached_without_the_door(told: dict[str, Section]) -> None:
    assert section(told, "outside")["here"] == "here"


class TestPage(PagePromises):
    name = "node"

    @pytest.fixture
    def commands(self, programs: Path) -> dict[str, list[str]]:
        made = {}
        for text in pages.programs("nodejs.md", "js"):
            name = text.removeprefix("// ").partition(".mjs:")[0]
            (programs / f"{name}.mjs").write_text(text)
            made[name] = ["node", str(programs / f"{name}.mjs")]
        return made


def test_the_page_names_the_versions_that_are_tried() -> None:
    page = (pages.DOCS / "nodejs.md").read_text()
    package = LANGUAGES["node"].sources / "package.json"
    for name, version in json.loads(package.read_text())["dependencies"].items():
        assert f"`{name}` {version}" in page
