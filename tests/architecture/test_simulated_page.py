"""The page of what is simulated says what the code says, all of it and nothing else."""

import json
import subprocess

import pytest

from localcloud.control.scenario import knob_value
from localcloud.coverage import Covered, NotSimulated
from localcloud.knob_values import written
from localcloud.storage.knobs import KNOBS as STORAGE_KNOBS
from localcloud.vertex.evidence import EVIDENCE
from localcloud.vertex.knobs import KNOBS
from pages import simulated
from pages.simulated import SERVICES, claims, page
from tests.running_cloud import DROPBATCH


@pytest.mark.parametrize("package", SERVICES)
def test_each_service_says_what_it_is_and_what_it_is_not(package: str) -> None:
    covered, left_out = claims(package)

    assert covered
    assert left_out
    assert all(isinstance(each, Covered) for each in covered)
    assert all(isinstance(each, NotSimulated) for each in left_out)
    said = [*(each.what for each in covered), *(each.what for each in left_out)]
    for what in said:
        assert f"\n| {what.replace('|', '&#124;')} | " in page()


def test_every_knob_is_in_the_page_with_its_default() -> None:
    for name, knob in KNOBS.items():
        star = "" if knob.by_job else " *"
        default = written(knob.default)
        shown = f"`{default}`" if default else "(empty)"
        assert f"\n| `{name}`{star} | {shown} | " in page()


def test_only_what_has_a_knob_is_said_to_be_settable() -> None:
    legend, _, rest = page().partition("\n## ")
    for line in legend.splitlines():
        assert not (line.startswith("|") and "otherwise" in line)
    assert "What has a *knob* can be set otherwise" in legend
    assert "| knob | default |" in rest


def test_no_evidence_is_claimed_for_what_nobody_knows() -> None:
    for name, knob in KNOBS.items():
        (row,) = (
            each for each in page().splitlines() if each.startswith(f"| `{name}`")
        )
        evidence = row.rsplit(" | ", 1)[1].removesuffix("|").strip()
        assert bool(evidence) == (knob.how_sure != "unknown"), name


def test_every_section_that_a_knob_names_has_its_evidence() -> None:
    assert {knob.source for knob in KNOBS.values()} <= EVIDENCE.keys()


@pytest.mark.parametrize("name", KNOBS)
def test_a_default_can_be_given_as_it_is_shown(name: str) -> None:
    default = KNOBS[name].default

    given, value = knob_value(f"{name}={written(default)}")

    assert given == name
    assert (tuple(value) if isinstance(default, tuple) else value) == default


def test_a_bar_in_a_claim_makes_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = Covered("either | or", "sure", "a source")
    monkeypatch.setattr(
        simulated, "claims", lambda package: ([claim], [NotSimulated("a|b", "c")])
    )

    assert "| either &#124; or | sure | a source |" in page()
    assert "| a&#124;b | c |" in page()


def test_the_command_lists_the_knobs() -> None:
    as_json = subprocess.run(
        [DROPBATCH, "knobs", "--json"], capture_output=True, text=True, check=True
    )
    listed = {each["name"]: each for each in json.loads(as_json.stdout)}
    plain = subprocess.run(
        [DROPBATCH, "knobs"], capture_output=True, text=True, check=True
    )

    assert listed.keys() == {*KNOBS, *STORAGE_KNOBS}
    assert listed["write_burst"]["service"] == "storage"
    assert listed["max_rows"]["default"] == 200_000
    assert listed["max_rows"]["how_sure"] == "sure"
    for name, knob in KNOBS.items():
        assert f"{name}={written(knob.default)}  ({knob.how_sure})\n" in plain.stdout
