from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.page.chromium import Watched, chromium, watched
from tests.page.cloud_in_thread import CloudInThread, cloud_in_thread


# For one file at a time: while it is open, no other event loop runs in its thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInThread]:
    """
    A cloud without the pipeline, whose stores are at hand.
    """
    with cloud_in_thread(tmp_path_factory.mktemp("held") / "data") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInThread]:
    """
    A cloud without the pipeline, which has nothing and gets nothing.
    """
    with cloud_in_thread(tmp_path_factory.mktemp("empty") / "data") as cloud:
        yield cloud


@pytest.fixture
def seen(browser: Browser, held: CloudInThread) -> Iterator[Watched]:
    with watched(browser, held.address) as page:
        expect(page.page.get_by_text("Live", exact=True)).to_be_visible()
        yield page
