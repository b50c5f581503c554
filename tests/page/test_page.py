"""
The page in a browser, on a cloud without the pipeline: what it shows and changes.
"""

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.page.chromium import Watched, unnamed, watched
from tests.page.cloud_in_thread import CloudInThread

EVIL = '<img src=x onerror="window.pwned=1">'


@pytest.mark.parametrize(
    ("view", "title", "says"),
    [
        ("drops", "Drops", "without the pipeline"),
        ("logs", "Logs", "without functions"),
        ("jobs", "Jobs", "No job"),
        ("jobs?state=ended", "Jobs", "No job"),
        ("buckets", "Storage", "No bucket of dropbatch-local"),
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


def test_a_cloud_that_starts_is_said_to_and_so_is_that_it_is_back(
    seen: Watched,
) -> None:
    asked = re.compile("/admin/state/")
    live, says = seen.page.locator("#live"), seen.page.locator("#says")
    expect(says).to_have_text("")

    seen.page.route(asked, lambda route: route.abort("connectionrefused"))
    expect(live).to_have_text("Not running")
    seen.page.unroute(asked)
    seen.page.route(asked, lambda route: route.fulfill(status=503))
    expect(live).to_have_text("Starting…")
    expect(seen.page.get_by_role("alert")).to_be_hidden()
    seen.page.unroute(asked)

    expect(live).to_have_text("Live")
    expect(says).to_have_text("The local cloud is back")
    # The browser itself says that it was refused, and told to wait.
    told = re.compile(r"net::ERR_CONNECTION_REFUSED|status of 503 ")
    assert all(map(told.search, seen.complaints))
    seen.complaints.clear()


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
