"""The stage on which cases are played."""

from collections.abc import Iterator

import pytest

from shared import wiring
from tests.corpus.playing import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        yield Stage(patch)
    wiring._settings.cache_clear()
