"""
The page in a browser, on a cloud without the pipeline.
"""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.page.chromium import Watched, watched
from tests.page.cloud_in_thread import BEARER, CloudInThread

EVIL = '<img src=x onerror="window.pwned=1">'


@pytest.fixture
def seen(browser: Browser, held: CloudInThread) -> Iterator[Watched]:
    with watched(browser, held.address) as page:
        expect(page.page.get_by_text("Live", exact=True)).to_be_visible()
        yield page


def unnamed(seen: Watched) -> list[str]:
    """
    What can be acted on and has no name in the accessibility tree.
    """
    session = seen.page.context.new_cdp_session(seen.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    roles = ("link", "button", "switch", "combobox", "searchbox", "checkbox", "table")
    return [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored")
        and node["role"]["value"] in roles
        and not node.get("name", {}).get("value", "").strip()
    ]


def focused(seen: Watched) -> str:
    said: str = seen.page.evaluate(
        "document.activeElement.getAttribute('aria-label')"
        " ?? document.activeElement.textContent.trim()"
    )
    return said


@pytest.mark.parametrize(
    ("view", "title", "says"),
    [
        ("drops", "Drops", "without the pipeline"),
        ("logs", "Logs", "without functions"),
        ("jobs", "Jobs", "No job"),
        ("jobs?state=ended", "Jobs", "No job"),
        ("buckets", "Storage", "no bucket"),
        ("topics", "Messages", "no topic"),
    ],
)
def test_where_nothing_is_the_page_tells_what_to_do(
    browser: Browser, empty: CloudInThread, view: str, title: str, says: str
) -> None:
    with watched(browser, empty.address) as seen:
        seen.go(view)
        expect(seen.page.get_by_role("heading", level=1)).to_have_text(title)
        expect(seen.page.locator(".empty")).to_contain_text(says)
        if "?" not in view:
            expect(seen.page.locator(".command").first).to_contain_text("dropbatch")
        assert unnamed(seen) == []


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


def test_a_job_is_cancelled(seen: Watched, held: CloudInThread) -> None:
    (job,) = held.jobs("cancel me")
    seen.go("jobs")
    row = seen.page.get_by_role("row").filter(has_text="cancel me")
    expect(row).to_contain_text("pending")

    row.get_by_role("button", name="Cancel cancel me").click()

    expect(row).to_contain_text("cancelled")
    expect(row.get_by_role("button")).to_have_count(0)
    expect(seen.page.get_by_role("status")).to_contain_text("cancel me")
    row.get_by_role("link", name="cancel me").click()
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("cancel me")
    assert seen.path() == f"job?id={job}"
    expect(seen.page.get_by_role("main")).to_contain_text("team=blue")


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


def test_names_and_contents_are_never_html(seen: Watched, held: CloudInThread) -> None:
    held.bucket("evil")
    held.objects("evil", {f"{EVIL}/{EVIL}": EVIL.encode()})
    subscription = held.publish("evil", EVIL.encode(), **{EVIL: EVIL})
    (job,) = held.jobs(EVIL)
    main = seen.page.get_by_role("main")
    for view in (
        "objects?bucket=evil",
        f"objects?bucket=evil&prefix={EVIL}/",
        f"object?bucket=evil&name={EVIL}/{EVIL}",
        f"messages?subscription={subscription}",
        "jobs",
        f"job?id={job}",
        f"job?id={EVIL}",
        f"objects?bucket={EVIL}",
        f"logs?drop={EVIL}",
        f"faults?find={EVIL}",
    ):
        before = list(seen.complaints)
        seen.go(view.replace("<", "%3C").replace('"', "%22"))
        expect(main.get_by_role("heading", level=1)).to_be_visible()
        if view.startswith("messages"):
            main.locator("summary").click()
        if "?id=<" not in view and "bucket=<" not in view:
            # The browser itself says that there is no such job and no such bucket.
            seen.complaints[:] = before
        if view.startswith(("object", "messages", "jobs")) and "bucket=<" not in view:
            expect(main).to_contain_text(EVIL)
        assert main.locator("img").count() == 0, view
    seen.complaints[:] = [each for each in seen.complaints if "404" not in each]
    assert seen.page.evaluate("window.pwned") is None
    # Were there a way to HTML, the browser would refuse to go it.
    refused = seen.page.evaluate(
        "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'done'; }"
        " catch (error) { return error.name; } })()"
    )
    assert refused == "TypeError"
    seen.complaints[:] = [each for each in seen.complaints if "Trusted" not in each]


def test_a_message_is_looked_at_without_being_leased(
    seen: Watched, held: CloudInThread
) -> None:
    name = held.publish("looked-at", json.dumps({"answer": 42}).encode(), kind="test")
    seen.go("topics")
    seen.page.get_by_role("link", name="looked-at-sub").click()

    seen.page.get_by_role("main").locator("summary").click()

    data = seen.page.get_by_role("region", name="The message's data")
    expect(data).to_have_text('{\n  "answer": 42\n}')
    held.publish("looked-at", b"another")
    expect(seen.page.get_by_text("2 ready")).to_be_visible()
    expect(data).to_be_visible()
    assert held.state(f"messages?subscription={name}")["subscription"]["leased"] == 0


def test_a_fault_is_switched_on_by_keyboard_and_befalls_a_call(
    seen: Watched, held: CloudInThread
) -> None:
    seen.page.keyboard.press("g")
    seen.page.keyboard.press("f")
    expect(seen.page.get_by_role("heading", level=1)).to_be_focused()
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.type("list-unavailable")
    switch = seen.page.get_by_role("switch", name="list-unavailable", exact=True)
    for _ in range(2):
        seen.page.keyboard.press("Tab")
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


def test_a_refusal_is_told_in_the_clouds_words(
    seen: Watched, held: CloudInThread
) -> None:
    """
    A cloud without the pipeline has no events that a fault could befall.
    """
    seen.go("faults?find=events-late")

    seen.page.get_by_role("switch", name="events-late").click()

    expect(seen.page.get_by_role("alert")).to_contain_text("without --bare")
    seen.complaints.clear()  # the 400 that the browser tells of


def test_a_narrow_window_needs_no_sideways_scrolling(
    browser: Browser, held: CloudInThread
) -> None:
    held.bucket("narrow")
    held.objects("narrow", {"a/" + "long-name-" * 20: b"x" * 1000})
    held.jobs("x" * 100)
    size = {"width": 360, "height": 700}
    with watched(browser, held.address, viewport=size) as seen:
        for view in ("jobs", "buckets", "objects?bucket=narrow&prefix=a/", "faults"):
            seen.go(view)
            expect(seen.page.get_by_role("heading", level=1)).to_be_visible()
            expect(seen.page.locator(".loading")).to_have_count(0)
            wide = seen.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, view
