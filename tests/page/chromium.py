"""
A page in headless Chromium, watched: what it asks for, and what it complains of.
"""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import needs

# The first has no windows, and takes less than half of the others' processor time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# For a busy machine; nothing waits this long when all is well.
PATIENCE_MILLISECONDS = 20_000


def chromium_path() -> str:
    """
    Where the browser is; without one the test is skipped, or fails if CI is set.
    """
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    reason = f"none of {', '.join(_NAMES)} is on this machine"
    return needs.lack(reason)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """
    The browser, with an empty profile of its own.
    """
    path = chromium_path()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(_ARGUMENTS)
        )
        yield browser
        browser.close()


@dataclass(kw_only=True)
class Watched:
    """
    A page, and all that went on in it.
    """

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def go(self, view: str) -> None:
        """
        Go to a view by its address.
        """
        self.page.goto(f"{self.address}#/{view}")

    def path(self) -> str:
        """
        The view that the address names.
        """
        return urlsplit(self.page.url).fragment.removeprefix("/")


@contextlib.contextmanager
def watched(browser: Browser, address: str, **options: object) -> Iterator[Watched]:
    """
    A page at that address; it has complained of nothing and asked nobody else.
    """
    context = browser.new_context(**options)  # type: ignore[arg-type]  # its own names
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    seen = Watched(page=page, address=address)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            seen.complaints.append(f"{said.type}: {said.text}")
            if said.type in ("error", "warning")
            else None
        ),
    )
    page.on("request", lambda asked: seen.hosts.add(urlsplit(asked.url).netloc))
    try:
        page.goto(address)
        yield seen
        assert not seen.complaints, seen.complaints
        assert seen.hosts == {urlsplit(address).netloc}
    finally:
        context.close()


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
