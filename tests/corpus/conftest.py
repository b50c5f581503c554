"""The stage on which cases are played."""

from collections.abc import Iterator

import pytest

from tests.corpus.playing import Stage, staged


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage
