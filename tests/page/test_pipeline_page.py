"""
The page in a browser, on the whole pipeline; and on a cloud that stops and comes back.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.page.chromium import Watched, watched
from tests.page.dropping import drop, rows
from tests.running_cloud import RunningCloud, running_cloud


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("pipeline") / "data"
    with running_cloud(folder, "--speed", "3") as running:
        yield running


@pytest.fixture
def seen(browser: Browser, pipeline: RunningCloud) -> Iterator[Watched]:
    with watched(browser, pipeline.told["page"]) as page:
        expect(page.page.get_by_text("Live", exact=True)).to_be_visible()
        yield page


def test_a_drop_goes_through_its_states_before_ones_eyes(
    seen: Watched, pipeline: RunningCloud
) -> None:
    page = seen.page
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "No file has been dropped yet"
    )
    page.evaluate(
        "window.states = []; setInterval(() => { const badge ="
        " document.querySelector('tbody .badge')?.textContent; if (badge &&"
        " badge !== window.states.at(-1)) window.states.push(badge); }, 20)"
    )

    drop(pipeline, "demo/watched.jsonl", rows(200))

    row = page.get_by_role("row").filter(has_text="demo/watched.jsonl")
    expect(row.get_by_role("progressbar", name="Rows answered")).to_be_visible()
    expect(row).to_contain_text("completed")
    expect(row).to_contain_text("200 ok")
    # Not one of them by loading the page again.
    states = page.evaluate("window.states")
    assert "submitted" in states
    assert states[-1] == "completed"
    expect(page.get_by_role("status")).to_have_text("demo/watched.jsonl: completed")

    row.get_by_role("link", name="demo/watched.jsonl").click()
    steps = page.get_by_role("region", name="Time line").get_by_role("listitem")
    expect(steps.first).to_contain_text("dropped")
    expect(steps.last).to_contain_text("published")
    expect(page.get_by_role("region", name="The message's data")).to_contain_text(
        '"outcome": "completed"'
    )
    page.get_by_role("link", name="What the functions said of it").click()
    lines = page.get_by_role("log").get_by_role("listitem")
    expect(lines.first).to_contain_text("claimed")
    expect(page.get_by_role("log")).to_contain_text("announced")


def test_logs_come_as_they_are_printed_and_are_filtered(
    seen: Watched, pipeline: RunningCloud
) -> None:
    page = seen.page
    seen.go("logs")
    log = page.get_by_role("log")
    drop(pipeline, "demo/rejected.jsonl", b"<b>no JSON</b>\n")

    expect(log.get_by_text("demo%2Frejected.jsonl")).to_be_visible()
    expect(log).to_contain_text("outcome=rejected")
    expect(log.get_by_text("tick", exact=True)).to_have_count(0)
    page.get_by_label("Polls").check()
    expect(log.get_by_text("tick", exact=True)).not_to_have_count(0)
    page.get_by_label("Polls").uncheck()
    expect(log.get_by_text("tick", exact=True)).to_have_count(0)
    page.get_by_label("Severity").select_option("ERROR")
    expect(page.get_by_role("heading", level=2)).to_have_text("No line yet")
    page.get_by_label("Severity").select_option("")
    page.get_by_label("Function").select_option("poll_jobs")
    expect(log.get_by_text("submit_job")).to_have_count(0)

    seen.go("drops?state=ended")
    page.get_by_role("link", name="demo/rejected.jsonl").click()
    problems = page.get_by_role("table", name="What is wrong with the file")
    expect(problems).to_contain_text("not_json")


def test_a_fault_slows_the_pipeline_and_is_seen_where_it_bites(
    seen: Watched, pipeline: RunningCloud
) -> None:
    page = seen.page
    seen.go("faults?find=create-quota")
    switch = page.get_by_role("switch", name="create-quota")
    switch.click()
    expect(switch).to_be_checked()
    faults = page.get_by_role("navigation", name="Views").get_by_role("link").last
    expect(faults).to_contain_text("1")

    drop(pipeline, "demo/held.jsonl", rows(1))
    injected = page.get_by_role("region", name="What was injected")
    expect(injected).to_contain_text("CreateBatchPredictionJob")
    seen.go("drops?state=open")
    row = page.get_by_role("row").filter(has_text="demo/held.jsonl")
    expect(row).to_contain_text("held")
    seen.go("faults")
    page.get_by_role("button", name="Switch all off").click()
    expect(faults).to_have_text("Faults")
    seen.go("drops")
    expect(row).to_contain_text("completed")


def test_a_late_drop_is_said_to_be_so_and_goes_on(
    seen: Watched, pipeline: RunningCloud
) -> None:
    page = seen.page
    seen.go("faults?find=paused")
    page.get_by_role("switch", name="paused", exact=True).click()

    drop(pipeline, "demo/late.jsonl", rows(9))

    seen.go("drops?state=open")
    row = page.get_by_role("row").filter(has_text="demo/late.jsonl")
    expect(row).to_contain_text("late: paused", timeout=20_000)
    expect(row).to_contain_text("submitted")
    row.get_by_role("link", name="demo/late.jsonl").click()
    steps = page.get_by_role("region", name="Time line").get_by_role("listitem")
    expect(steps.filter(has_text="late")).to_contain_text("paused")
    expect(page.get_by_role("region", name="A late message's data")).to_contain_text(
        '"outcome": "late"'
    )
    seen.go("faults")
    page.get_by_role("button", name="Switch all off").click()
    seen.go("drops")
    row.get_by_role("link", name="paused", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    seen.go("drops?state=ended")
    expect(row).to_contain_text("failed", timeout=20_000)


def test_a_cloud_that_stops_is_said_to_and_the_page_goes_on_with_the_next(
    browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    with running_cloud(folder, "--bare") as first:
        address = first.told["page"]
        with watched(browser, address) as seen:
            live = seen.page.locator("#live")
            expect(live).to_have_text("Live")
            seen.page.evaluate("window.same = true")
            assert first.stop() == 0

            expect(live).to_have_text("Not running")
            alert = seen.page.get_by_role("alert")
            expect(alert).to_contain_text("can't be reached")
            expect(alert).to_contain_text(f"local --data {folder} --bare")
            with running_cloud(folder, "--bare") as second:
                assert second.told["page"] == address
                expect(live).to_have_text("Live")
                expect(alert).to_be_hidden()
                assert seen.page.evaluate("window.same")
                # Of the time between, the browser itself complains: nobody listens,
                # and then whoever does is still starting.
                between = re.compile(r"net::ERR_CONNECTION_|status of 503 ")
                seen.complaints[:] = [
                    each for each in seen.complaints if not between.search(each)
                ]
