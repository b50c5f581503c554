"""
What the page says of drops that wait: for their turn, or for somebody to put them back.
"""

import json
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, expect

from localcloud.pipeline.deployment import DEFAULT_ROUTES
from shared.ledger import record_name
from shared.records import State
from tests.page.chromium import watched
from tests.page.dropping import drop, put, rows
from tests.page.test_drops import STATE, record
from tests.running_cloud import running_cloud


def test_a_drop_that_waits_is_told_by_what_it_waits_for(
    browser: Browser, tmp_path: Path
) -> None:
    """
    The record says that a drop is held and not why: its route may be switched off, or
    at a cap, and Vertex AI was never asked. Of one that is set aside nothing is under
    way.
    """
    off = [{**DEFAULT_ROUTES[0], "enabled": False}]
    (tmp_path / "routes.json").write_text(json.dumps(off), encoding="utf-8")
    aside = record(1, state=State.SET_ASIDE, set_aside_from=State.SUBMITTED)
    name = record_name(aside.drop_id)

    with running_cloud(
        tmp_path / "data", "--routes", str(tmp_path / "routes.json")
    ) as cloud:
        drop(cloud, "demo/waits.jsonl", rows(1))
        put(cloud, STATE, name, msgspec.json.encode(aside))
        with watched(browser, cloud.told["page"]) as seen:
            row = seen.page.get_by_role("row").filter(has_text="demo/waits.jsonl")
            expect(row).to_contain_text("held")
            expect(row).to_contain_text("waits for its turn")
            seen.page.get_by_role("link", name=aside.drop.name).click()
            steps = seen.page.get_by_role("region", name="Time line")
            expect(steps).to_contain_text("nothing more until it is put back")
            expect(steps).not_to_contain_text("under way")
