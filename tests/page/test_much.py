"""
The page on a cloud that holds much.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.page.chromium import Watched, watched
from tests.page.cloud_in_thread import CloudInThread, cloud_in_thread

JOBS = 1000
OBJECTS = 5000


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInThread]:
    with cloud_in_thread(tmp_path_factory.mktemp("much") / "data") as cloud:
        cloud.bucket("much")
        names = (f"folder-{number % 5}/{number:05}" for number in range(OBJECTS))
        cloud.objects("much", {name: f"content of {name}".encode() for name in names})
        cloud.jobs(*(f"job {number}" for number in range(JOBS)))
        yield cloud


@pytest.fixture
def seen(browser: Browser, much: CloudInThread) -> Iterator[Watched]:
    with watched(browser, much.address) as page:
        yield page


def test_an_answer_is_as_large_as_a_page_however_much_there_is(
    much: CloudInThread,
) -> None:
    for path in ("summary", "jobs", "buckets", "objects?bucket=much&flat=1"):
        assert len(much.ask("GET", f"/admin/state/{path}").body) < 100_000, path


def test_a_thousand_jobs_are_leafed_through(seen: Watched) -> None:
    seen.go("jobs")
    rows = seen.page.locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("job 999")
    expect(seen.page.get_by_role("link", name="Active 1,000")).to_be_visible()

    for page in range(1, 4):
        seen.page.get_by_role("link", name="Next page").click()
        expect(rows.first).to_contain_text(f"job {999 - 50 * page}")

    seen.page.go_back()
    expect(rows.first).to_contain_text("job 899")
    seen.page.get_by_role("link", name="First page").click()
    expect(rows.first).to_contain_text("job 999")


def test_five_thousand_objects_are_browsed_as_folders(
    seen: Watched, tmp_path: Path
) -> None:
    seen.go("buckets")
    bucket = seen.page.get_by_role("row").filter(has_text="much")
    expect(bucket).to_contain_text("5,000")
    bucket.get_by_role("link").click()
    expect(seen.page.locator("tbody tr")).to_have_count(5)
    seen.page.get_by_role("link", name="folder-3/").click()
    expect(seen.page.locator("tbody tr")).to_have_count(100)
    seen.page.get_by_role("link", name="Next page").click()
    seen.page.get_by_role("link", name="00503", exact=True).click()

    expect(seen.page.get_by_role("heading", level=1)).to_have_text("00503")
    content = seen.page.get_by_role("region", name="The object's content")
    expect(content).to_have_text("content of folder-3/00503")
    with seen.page.expect_download() as download:
        seen.page.get_by_role("link", name="Download").click()
    saved = tmp_path / "saved"
    download.value.save_as(saved)
    assert saved.read_text() == "content of folder-3/00503"
    assert download.value.suggested_filename == "00503"
    seen.page.get_by_role("navigation", name="Folders").get_by_text("folder-3").click()
    expect(seen.page.locator("tbody tr")).to_have_count(100)


def test_a_page_that_nothing_happens_on_is_left_alone(seen: Watched) -> None:
    """
    What is the same is not drawn again, second after second.
    """
    seen.go("jobs")
    expect(seen.page.locator("tbody tr")).to_have_count(50)
    seen.page.evaluate(
        "window.drawn = 0; new MutationObserver((all) => { window.drawn += all.filter("
        "(one) => !one.target.closest?.('time')).length; }).observe("
        "document.querySelector('main'), {childList: true, subtree: true});"
    )
    with seen.page.expect_response(lambda answer: "jobs" in answer.url) as first:
        pass
    with seen.page.expect_response(lambda answer: "jobs" in answer.url) as second:
        pass

    assert (first.value.status, second.value.status) == (304, 304)
    assert seen.page.evaluate("window.drawn") == 0


def test_the_longest_name_there_may_be_takes_three_lines_of_a_list(
    seen: Watched, much: CloudInThread
) -> None:
    name = "long-name-" * 102
    much.bucket("long")
    much.objects("long", {name: b"x", "short": b"y"})
    seen.go("objects?bucket=long")
    rows = seen.page.locator("tbody tr")
    expect(rows).to_have_count(2)

    high, low = (rows.nth(n).bounding_box() for n in (0, 1))

    assert high
    assert low
    assert high["height"] < 3 * low["height"]
    expect(rows.first.get_by_role("link")).to_have_text(name)
