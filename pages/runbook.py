"""
`docs/runbook.md`, made from the files that Terraform gives to the alert policies.
"""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "runbook.md"
RUNBOOK = ROOT / "terraform" / "runbook"
EVENTS = ROOT / "terraform" / "events.json"

# What is worst comes first.
ALERTS = (
    "tick_missing",
    "submit_fails",
    "tick_fails",
    "set_aside",
    "backstop_fails",
    "create_refused",
    "open_for_long",
    "late",
    "create_forbidden",
    "held_for_long",
    "job_missing",
    "twin_job",
    "stray_job",
    "event_lost",
    "event_refused",
    "dead_letters",
)

_NO_ALERT = "without_an_alert"

# What a reader fills in, for a deployment that is called dropbatch.
VALUES = {
    "name": "dropbatch",
    "project": "PROJECT",
    "region": "REGION",
    "bucket_prefix": "PROJECT",
}

_HEAD = """\
# Runbook

Made by `make docs` from `terraform/runbook/` and `terraform/events.json`: don't edit
it.

For each alert what one sees, what to ask, and what to do; the same text comes with the
alert. The first form of a query is for the Logs Explorer, the second for a shell. Put
your project and region in; the deployment is called `dropbatch` here.

The functions write one JSON line a fact, with `event`, and with `drop_id` where it is
of a drop. All that is said of one drop: `jsonPayload.drop_id="DROP_ID"`. In the local
cloud the lines are in the data folder, under `logs/`, and on its page.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *map(_section, (_NO_ALERT, *ALERTS)), _events()])


def filled(text: str) -> str:
    """A file of the runbook as Terraform's `templatefile` gives it, for VALUES."""
    return re.sub(r"\$\{(\w+)\}", lambda found: VALUES[found[1]], text)


def runbook(alert: str) -> str:
    """The file of an alert, as Terraform reads it."""
    return (RUNBOOK / f"{alert}.md").read_text(encoding="utf-8")


def events() -> dict[str, dict[str, Any]]:
    """What the functions log, by event."""
    listed: dict[str, dict[str, Any]] = json.loads(EVENTS.read_text(encoding="utf-8"))
    return listed


def _section(alert: str) -> str:
    return re.sub(r"^#", "##", filled(runbook(alert)), flags=re.MULTILINE)


def _events() -> str:
    rows = [
        f"| `{event}` | {it['severity']} | {it['meaning']} | "
        f"{', '.join(f'`{field}`' for field in it['fields'])} |"
        for event, it in events().items()
    ]
    head = [
        "## Events",
        "| `event` | severity | meaning | fields |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])
