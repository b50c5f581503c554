"""The stage on which what is told is heard."""

from collections.abc import Iterator

import pytest

from tests.corpus.playing import Stage, staged


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage
