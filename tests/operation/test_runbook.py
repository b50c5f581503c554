"""The runbook: one text for the page and for the alerts."""

import re
import shlex

import pytest

from pages.runbook import (
    ALERTS,
    RUNBOOK,
    VALUES,
    events,
    filled,
    runbook,
)
from shared.create_errors import TABLE
from shared.errors import CreateError, CreateHeldError, CreateRefusedError


def test_no_file_is_left_out_of_the_page() -> None:
    files = {file.stem for file in RUNBOOK.glob("*.md")}

    assert files == {*ALERTS, "without_an_alert"}


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_says_symptom_query_and_action(alert: str) -> None:
    headings = re.findall(r"^#+ .*$", runbook(alert), flags=re.MULTILINE)

    assert headings[1:] == ["## Symptom", "## Query", "## Action"]
    assert headings[0].startswith("# ")
    assert runbook(alert).startswith(headings[0])


@pytest.mark.parametrize("alert", ALERTS)
def test_both_forms_of_a_query_ask_the_same(alert: str) -> None:
    explorer, shell = re.findall(r"```\n(.*?)\n```", filled(runbook(alert)), re.DOTALL)

    words = shlex.split(shell)

    assert words[:3] == ["gcloud", "logging", "read"]
    assert words[3] == explorer.replace("\n", " ")
    assert f"--project={VALUES['project']}" in words


@pytest.mark.parametrize("alert", [*ALERTS, "without_an_alert"])
def test_no_query_asks_for_an_event_that_nobody_writes(alert: str) -> None:
    text = runbook(alert)
    asked = re.findall(r'jsonPayload\.event="(\w+)"', text)
    for several in re.findall(r"jsonPayload\.event=\(([^)]*)\)", text):
        asked += re.findall(r'"(\w+)"', several)

    assert set(asked) <= set(events())
    fields = {field for it in events().values() for field in it["fields"]}
    named = set(re.findall(r"jsonPayload\.(\w+)", text)) - {"event"}
    assert named <= fields


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alerts_text_fits_its_policy(alert: str) -> None:
    """8,192 characters and 10,240 bytes, says the provider's schema."""
    text = filled(runbook(alert))

    assert len(text) < 8_192
    assert len(text.encode()) < 10_240


@pytest.mark.parametrize("alert", [*ALERTS, "without_an_alert"])
def test_nothing_is_to_be_filled_in_but_what_terraform_knows(alert: str) -> None:
    assert set(re.findall(r"[$%]\{([^}]*)\}", runbook(alert))) <= set(VALUES)


@pytest.mark.parametrize(
    ("alert", "error"),
    [
        ("create_forbidden", CreateHeldError),
        ("create_refused", CreateRefusedError),
        ("held_for_long", CreateHeldError),
    ],
)
def test_a_runbook_names_the_codes_that_lead_to_it(
    alert: str, error: type[CreateError]
) -> None:
    codes = TABLE.keys() & set(re.findall(r"[`\"]([A-Z_]+)[`\"]", runbook(alert)))

    assert codes
    assert {TABLE[code] for code in codes} == {error}
