"""
What would fail at run time is refused at plan time, in words that name the value and
the fix; and what Terraform says of routes and times, the functions say too.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.pipeline.deployed_buckets import ROLES
from shared.errors import SettingsError
from shared.settings import ORDERED, settings_from
from tests.terraform import accepted, refused, refused_times
from tests.terraform.module import copy_of_variables

BASE = {"project_id": "dropbatch-local", "region": "us-central1"}
Said = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def said(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """
    What Terraform says of each case, by the case's name: nothing, if it is accepted.

    A run that fails has the rest of its file skipped, so each case is a file.
    """
    module = copy_of_variables(terraform, tmp_path_factory.mktemp("variables"))
    cases = {name: case.values for name, case in refused.REFUSED.items()}
    # A word for each: names of files may not hold every character.
    files = {}
    for number, (name, values) in enumerate({**cases, **_prefixed(accepted)}.items()):
        file = f"case{number}.tftest.json"
        run = {"command": "plan", "variables": {**BASE, **values}}
        (module.folder / file).write_text(json.dumps({"run": {"case": run}}))
        files[file] = name
    told: dict[str, list[str]] = defaultdict(list)
    for line in module.lines("test"):
        if line["type"] == "diagnostic":
            told[files[line["@testfile"]]].append(line["diagnostic"]["detail"])
        elif line["type"] == "test_summary":
            # Each was run: none was skipped for another's sake.
            assert line["test_summary"]["skipped"] == 0
    return told


def _prefixed(cases: Any) -> dict[str, Mapping[str, Any]]:
    return {f"accepted: {name}": values for name, values in cases.ACCEPTED.items()}


@pytest.mark.parametrize("name", refused.REFUSED)
def test_what_is_refused_is_named_with_the_fix(said: Said, name: str) -> None:
    variable = next(iter(refused.REFUSED[name].values))
    messages = [m for m in said.get(name, []) if m.startswith(variable)]

    assert messages, said.get(name)
    for piece in refused.REFUSED[name].says:
        assert any(piece in message for message in messages), messages


@pytest.mark.parametrize("name", refused.REFUSED)
def test_a_case_is_refused_by_the_one_rule_that_it_breaks(
    said: Said, name: str
) -> None:
    """
    A second message would send a user after what is no fault; and one that is not
    a sentence of ours is Terraform's, about our rule.
    """
    (message,) = said[name]

    assert "This was checked by the validation rule" in message


@pytest.mark.parametrize("name", accepted.ACCEPTED)
def test_what_makes_sense_is_accepted(said: Said, name: str) -> None:
    assert said.get(f"accepted: {name}", []) == []


@pytest.mark.parametrize("name", refused.SHARED)
def test_the_functions_refuse_what_terraform_refuses(name: str) -> None:
    with pytest.raises(SettingsError):
        settings_from(environment(refused.SHARED[name].values))


@pytest.mark.parametrize("name", accepted.SHARED)
def test_the_functions_accept_what_terraform_accepts(name: str) -> None:
    assert settings_from(environment(accepted.SHARED[name])).routes.routes


def test_every_pair_of_times_has_a_case() -> None:
    assert {f"{less} not less than {more}" for less, more in ORDERED} <= set(
        refused_times.TIMES
    )


def environment(values: Mapping[str, Any]) -> dict[str, str]:
    """
    What the functions would get, if Terraform let these through.
    """
    routes = [
        # What is empty, Terraform fills.
        {k: v for k, v in route.items() if v or k not in ("location", "results_prefix")}
        for route in values.get("routes", [{"prefix": "demo/", "model": "m"}])
    ]
    named = {
        "PROJECT": BASE["project_id"],
        "REGION": BASE["region"],
        "DEPLOYMENT": "dropbatch",
        "BEGAN": "2026-11-26T09:00:00Z",
        "TOPIC": f"projects/{BASE['project_id']}/topics/dropbatch",
        "ROUTES": json.dumps(routes),
        # None at all would be the default; a comma is what is nearest to it.
        "SUFFIXES": ",".join(values.get("suffixes", [".jsonl"])) or ",",
        **{f"{role.upper()}_BUCKET": f"{BASE['project_id']}-{role}" for role in ROLES},
        **{
            name.upper(): str(value)
            for variable in ("limits", "times")
            for name, value in values.get(variable, {}).items()
        },
        "SET_ASIDE_TRIES": str(values.get("set_aside_tries", "")),
    }
    return {f"DROPBATCH_{name}": value for name, value in named.items()}
