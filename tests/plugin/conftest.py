"""A project that isn't ours."""

from pathlib import Path

import pytest

from tests.plugin.other_project import OtherProject


@pytest.fixture
def project(tmp_path: Path) -> OtherProject:
    return OtherProject(tmp_path / "project")
