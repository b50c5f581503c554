"""
The page by keyboard alone, and as a screen reader meets it.
"""

import re

from playwright.sync_api import expect

from tests.page.chromium import Watched, unnamed
from tests.page.cloud_in_thread import BEARER, CloudInThread


def focused(seen: Watched) -> str:
    said: str = seen.page.evaluate(
        "document.activeElement.getAttribute('aria-label')"
        " ?? document.activeElement.textContent.trim()"
    )
    return said


def test_landmarks_headings_and_names_are_there(
    seen: Watched, held: CloudInThread
) -> None:
    held.bucket("named")
    held.jobs("a named job")
    for view in ("jobs", "buckets", "topics", "faults", "logs", "drops"):
        seen.go(view)
        expect(
            seen.page.get_by_role("main").get_by_role("heading", level=1)
        ).to_be_visible()
        assert unnamed(seen) == [], view
    for landmark in ("banner", "main"):
        expect(seen.page.get_by_role(landmark)).to_have_count(1)
    views = seen.page.get_by_role("navigation", name="Views")
    expect(views.get_by_role("link")).to_have_count(6)
    expect(views.locator("[aria-current=page]")).to_have_text("Drops")
    expect(seen.page.get_by_role("status")).to_have_count(1)


def test_the_keyboard_alone_leads_everywhere(
    seen: Watched, held: CloudInThread
) -> None:
    """
    In the order of the page, each stop with a visible ring around it.
    """
    held.jobs("by keyboard")
    seen.go("jobs")
    expect(seen.page.get_by_role("link", name="by keyboard")).to_be_visible()
    seen.page.reload()
    expect(seen.page.get_by_role("link", name="by keyboard")).to_be_visible()
    stops = []
    for _ in range(13):
        seen.page.keyboard.press("Tab")
        stops.append(focused(seen))
        ring = seen.page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle"
        )
        assert ring == "solid", stops

    assert stops[0] == "Skip to the content"
    assert stops[1].endswith("local cloud")
    assert stops[2].startswith("Keys")
    assert [re.sub(r"\d.*", "", stop) for stop in stops[3:9]] == [
        *("Drops", "Jobs", "Storage", "Messages", "Logs", "Faults"),
    ]
    assert [re.sub(r" \d+", "", stop) for stop in stops[9:12]] == [
        "All",
        "Active",
        "Ended",
    ]
    assert stops[12] == "by keyboard"

    seen.page.keyboard.press("Tab")
    assert focused(seen) == "Cancel by keyboard"
    seen.page.evaluate("document.getElementById('skip').focus()")
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "main"
    assert seen.path() == "jobs"


def test_keys_lead_to_views_and_are_explained(seen: Watched) -> None:
    seen.page.keyboard.press("?")
    dialog = seen.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Go to Messages")
    seen.page.keyboard.press("g")
    seen.page.keyboard.press("s")
    expect(dialog).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    for key, title in (("s", "Storage"), ("m", "Messages"), ("f", "Faults")):
        seen.page.keyboard.press("g")
        seen.page.keyboard.press(key)
        heading = seen.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(title)
        # Where a screen reader goes on reading.
        expect(heading).to_be_focused()
    seen.page.keyboard.press("/")
    expect(seen.page.get_by_role("searchbox")).to_be_focused()
    seen.page.keyboard.type("gs?")
    expect(dialog).to_be_hidden()
    assert seen.path() == "faults?find=gs%3F"


def test_keys_can_be_switched_off(seen: Watched) -> None:
    seen.page.get_by_role("button", name="Keys").click()
    seen.page.get_by_role("checkbox").uncheck()
    seen.page.keyboard.press("Escape")

    seen.page.keyboard.press("?")

    expect(seen.page.get_by_role("dialog")).to_have_count(0)


def test_what_comes_is_shown_without_taking_the_focus(
    seen: Watched, held: CloudInThread
) -> None:
    held.jobs("older")
    seen.go("jobs")
    link = seen.page.get_by_role("link", name="older", exact=True)
    link.focus()

    held.jobs("newer")

    expect(seen.page.get_by_role("link", name="newer", exact=True)).to_be_visible()
    expect(link).to_be_focused()
    seen.page.keyboard.press("ArrowUp")
    expect(seen.page.get_by_role("link", name="newer", exact=True)).to_be_focused()


def test_a_fault_is_switched_on_by_keyboard_and_befalls_a_call(
    seen: Watched, held: CloudInThread
) -> None:
    seen.page.keyboard.press("g")
    seen.page.keyboard.press("f")
    expect(seen.page.get_by_role("heading", level=1)).to_be_focused()
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.type("list-unavailable")
    switch = seen.page.get_by_role("switch", name="list-unavailable", exact=True)
    # What the list was narrowed to is where Tab goes.
    other = seen.page.get_by_role("switch", name="create-lost-503", exact=True)
    expect(other).to_have_count(0)
    # What else is on, or was, has stops of its own.
    for _ in range(6):
        seen.page.keyboard.press("Tab")
        if switch.evaluate("element => element === document.activeElement"):
            break
    expect(switch).to_be_focused()
    expect(switch).not_to_be_checked()

    seen.page.keyboard.press("Space")

    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    expect(seen.page.get_by_role("status")).to_have_text("list-unavailable is on")
    answer = held.ask(
        "GET",
        "/v1/projects/dropbatch-local/locations/us-central1/batchPredictionJobs",
        Host="us-central1-aiplatform.googleapis.com",
        Authorization=BEARER,
    )
    assert answer.status == 503
    injected = seen.page.get_by_role("region", name="What was injected")
    expect(injected.get_by_role("row").nth(1)).to_contain_text(
        "ListBatchPredictionJobs"
    )
    expect(switch).to_be_focused()

    seen.page.keyboard.press("Space")

    expect(switch).not_to_be_checked()
    assert held.ask("GET", "/admin/faults").json()["rules"] == []
