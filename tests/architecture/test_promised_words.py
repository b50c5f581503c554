"""The README and the schemas have every word that a message may have."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from shared.late_reasons import LateReason
from shared.outcomes import Outcome, Reason
from shared.problems import Odd
from shared.routes import Limits

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLED = {
    row[0]: set(re.findall(r"`(\w+)`", row[1]))
    for row in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", README, re.MULTILINE)
}


def schema(name: str) -> Any:
    path = ROOT / "schemas" / f"{name}.v1.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_is_in_the_readme_and_in_both_schemas(outcome: Outcome) -> None:
    assert outcome in TABLED
    assert outcome in schema("drop")["properties"]["outcome"]["enum"]
    assert outcome in schema("attributes")["properties"]["outcome"]["enum"]
    assert re.fullmatch(
        schema("attributes")["properties"]["ce-type"]["pattern"],
        f"dev.dropbatch.drop.{outcome}.v1",
    )


def test_the_reasons_of_late_are_the_same_everywhere() -> None:
    (said,) = (
        rule["then"]["properties"]["reason"]["enum"]
        for rule in schema("drop")["allOf"]
        if rule["if"]["properties"].get("outcome") == {"const": "late"}
    )

    assert set(said) == set(LateReason)
    assert set(LateReason) <= TABLED["late"]


def test_each_reason_of_an_end_is_in_the_readme() -> None:
    assert set(Reason) == TABLED["partial"] | TABLED["failed"]


@pytest.mark.parametrize("word", [*Odd, *(each.name for each in fields(Limits))])
def test_each_warning_and_each_limit_of_a_route_is_in_the_readme(word: str) -> None:
    assert f"`{word}`" in README
