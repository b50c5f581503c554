"""
Scenario files and knobs on a command line: what they set, and what is told if not.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.control.given import Disturbing
from localcloud.control.scenario import Scenario, ScenarioError, read_scenario
from localcloud.pipeline.delivery import Disturbance
from localcloud.storage.faults.rules import StorageFault
from localcloud.vertex.faults.rules import Fault
from localcloud.vertex.knobs import Knobs

EXAMPLES = Path(__file__).parents[3] / "examples" / "scenarios"

TOML = """
seed = 7
[knobs]
shuffle = false
[[faults]]
name = "create-quota"
times = 2
[[faults]]
service = "storage"
cut = true
[[faults]]
name = "events-late"
[disturbance]
delay_seconds = [0, 2]
"""
SAME: dict[str, Any] = {
    "seed": 7,
    "knobs": {"shuffle": False},
    "faults": [
        {"name": "create-quota", "times": 2},
        {"service": "storage", "cut": True},
        {"name": "events-late"},
    ],
    "disturbance": {"delay_seconds": [0, 2]},
}


def file(folder: Path, text: str, ending: str = "toml") -> Path:
    path = folder / f"scenario.{ending}"
    path.write_text(text)
    return path


def test_a_scenario_is_the_same_in_toml_and_json(tmp_path: Path) -> None:
    read = read_scenario(file(tmp_path, TOML))
    assert read == read_scenario(file(tmp_path, json.dumps(SAME), "json"))
    assert (read.seed, read.knobs) == (7, Knobs(shuffle=False))
    quota, cut, late = read.faults
    assert isinstance(quota, Fault)
    assert quota.times == 2
    assert cut == StorageFault(cut=True)
    assert isinstance(late, Disturbing)
    assert read.disturbance == Disturbance(delay_seconds=(0, 2))


def test_nothing_is_set_by_no_file_and_by_an_empty_one(tmp_path: Path) -> None:
    assert read_scenario(None) == read_scenario(file(tmp_path, "")) == Scenario()


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_the_examples_are_scenarios(path: Path) -> None:
    assert read_scenario(path).faults


@pytest.mark.parametrize(
    ("text", "knobs"),
    [
        ("shuffle=false", Knobs(shuffle=False)),
        ("max_rows=10", Knobs(max_rows=10)),
        ("output_info=end", Knobs(output_info="end")),
        ("list_lag_seconds=1.5", Knobs(list_lag_seconds=1.5)),
        ("submissions_per_minute=null", Knobs(submissions_per_minute=None)),
        ("missing_models=a,b", Knobs(missing_models=("a", "b"))),
        ('missing_models=["a"]', Knobs(missing_models=("a",))),
        ("missing_models=", Knobs(missing_models=())),
        ("model_version_suffix=1", Knobs(model_version_suffix="1")),
    ],
)
def test_a_knob_is_read_as_the_type_it_has(text: str, knobs: Knobs) -> None:
    assert read_scenario(None, [text]).knobs == knobs


def test_a_knob_of_the_command_wins_over_the_files(tmp_path: Path) -> None:
    path = file(tmp_path, "[knobs]\nmax_rows = 1\nshuffle = false\n")
    assert read_scenario(path, ["max_rows=2"]).knobs == Knobs(max_rows=2, shuffle=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shuffle", "'shuffle' sets no knob: write NAME=VALUE"),
        ("=1", "'=1' sets no knob"),
        ("shufle=1", "no knob 'shufle'.*; `dropbatch knobs` lists them"),
        ("shuffle=perhaps", "the knob 'shuffle' can't be 'perhaps'"),
        ("max_rows=many", "the knob 'max_rows' can't be 'many'"),
        ("list_lag_seconds=Infinity", "'list_lag_seconds' can't be inf: it is not fin"),
        ("jobs_kept_seconds=NaN", "'jobs_kept_seconds' can't be nan: it is not finite"),
        ("list_lag_seconds=1e300", "can't be 1e.300: it is 1000000000 or less"),
        ("jobs_kept_seconds=1e300", "can't be 1e.300: it is 1000000000 or less"),
        ("writes_per_second=NaN", "'writes_per_second' can't be nan: it is not finite"),
        ("write_burst=0", "the knob 'write_burst' can't be 0: it is 1 or more"),
        ("write_burst=many", "the knob 'write_burst' can't be 'many': Expected `int`"),
        ("rewrite_bytes=1", "the knob 'rewrite_bytes' can't be 1: it is 1048576 or"),
        ("soft_delete_seconds=-1", "'soft_delete_seconds' can't be -1: it is 0 or"),
        ("list_page=0", "the knob 'list_page' can't be 0: it is 1 or more"),
        ("list_page=1001", "the knob 'list_page' can't be 1001: it is 1000 or less"),
        ("writes_per_second=1e7", "'writes_per_second' can't be .*: it is 1000000 or"),
        ("output_info=soon", "the knob 'output_info' can't be 'soon'"),
        ("missing_models=[1", "the knob 'missing_models' can't be"),
    ],
)
def test_a_knob_that_can_t_be_is_named_with_what_to_do(text: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        read_scenario(None, [text])


@pytest.mark.parametrize(
    ("text", "ending", "told"),
    [
        ("seed = ", "toml", "this is not TOML: "),
        ("{", "json", "this is not JSON: "),
        ("[]", "json", "a scenario is an object with seed, knobs, faults, disturb"),
        ("seed = 1", "yaml", "a scenario's name ends in .toml or .json"),
        ("sed = 1", "toml", "there is no `sed` .did you mean `seed`"),
        ("seed = 'x'", "toml", '`seed` can\'t be "x": it is a whole number'),
        ("faults = 1", "toml", "`faults` can't be 1: it is a list"),
        ("[[faults]]\nname = 'pausd'", "toml", "did you mean 'paused'"),
        ("[[faults]]\nservice = 's3'", "toml", 'there is no service "s3"'),
        ("[knobs]\nshufle = 1", "toml", "no knob 'shufle'.*dropbatch knobs"),
        ("[disturbance]\ncopies = -1", "toml", "copies are 0 or more"),
        ("[disturbance]\ncopy = 1", "toml", "there is no `copy`"),
    ],
)
def test_a_file_that_is_no_scenario_is_told_by_its_name(
    tmp_path: Path, text: str, ending: str, told: str
) -> None:
    path = file(tmp_path, text, ending)
    with pytest.raises(ScenarioError, match=told) as refused:
        read_scenario(path)
    assert str(refused.value).startswith(f"{path}: ")


def test_a_file_that_isnt_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"the scenario .*none\.toml can't be read"):
        read_scenario(tmp_path / "none.toml")
