"""
Knobs of one job, beside others that go by the service's.
"""

from math import inf, nan
from typing import Any

import pytest

from localcloud.faults.faults import Faults
from localcloud.faults.reading import read_rule
from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.faults.rules import RUN, Fault
from localcloud.vertex.jobs.scripts import Script
from localcloud.vertex.knobs import KNOBS, Knobs
from localcloud.vertex.overrides import knobs_from, knobs_of_job
from tests.unit.vertex.job_world import World

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0


def test_a_knob_of_one_job_leaves_the_others_alone(world: World) -> None:
    odd = world.scripted(
        Script(
            knobs={
                "queued_state": True,
                "output_info": "end",
                "live_progress": False,
                "output_directory_slash": True,
                "shuffle": False,
                "echo_nulls": False,
            }
        )
    )
    usual = world.create()
    world.advance(PENDING / 2)
    assert (world.state(odd), world.state(usual)) == ("QUEUED", "PENDING")
    world.advance(PENDING / 2 + RUNNING / 2)
    assert not {"outputInfo", "completionStats"} & set(world.get(odd))
    assert {"outputInfo", "completionStats"} < set(world.get(usual))
    world.advance(RUNNING)
    assert world.get(odd)["outputInfo"]["gcsOutputDirectory"].endswith("Z/")
    assert world.get(usual)["outputInfo"]["gcsOutputDirectory"].endswith("Z")


def test_the_worker_goes_by_the_knobs_of_the_job(world: World) -> None:
    small = world.scripted(Script(knobs={"max_rows": 9}))
    in_order = world.scripted(Script(knobs={"shuffle": False}))
    # Jobs of one microsecond share an output folder.
    world.advance(1)
    usual = world.create()
    world.advance(PENDING + RUNNING)
    assert world.get(small)["error"]["code"] == 3
    keys = [f'"key":{n}'.encode() for n in range(10)]
    ordered = world.written(in_order) or []
    assert all(key in line for key, line in zip(keys, ordered, strict=True))
    mixed = world.written(usual) or []
    assert not all(key in line for key, line in zip(keys, mixed, strict=True))


def test_the_knobs_of_a_job_hold_after_a_restart(world: World) -> None:
    name = world.scripted(Script(knobs={"max_rows": 9}))
    world.restart()
    world.advance(PENDING + RUNNING)
    assert world.state(name) == "FAILED"


def test_creation_goes_by_the_knobs_of_the_job(world: World) -> None:
    lenient = Script(knobs={"reject_unsupported_fields": False})
    strict = Script(knobs={"missing_models": ["gemini-2.5-flash"]})
    world.faults.add(
        Fault(method=RUN, display_name="lenient", script=lenient),
        Fault(method=RUN, display_name="strict", script=strict),
    )
    world.create("lenient", modelParameters={"a": 1})
    with pytest.raises(ApiError, match="model_parameters"):
        world.create("usual", modelParameters={"a": 1})
    with pytest.raises(ApiError, match="does not exist"):
        world.create("strict")


def test_a_create_that_can_be_nobodys_job_uses_up_no_script(world: World) -> None:
    script = Script(state="JOB_STATE_FAILED")
    world.faults.add(Fault(method=RUN, script=script, times=1))
    with pytest.raises(ApiError):
        world.create(outputConfig={"predictionsFormat": "jsonl"})
    name = world.create()
    world.advance(PENDING)
    assert world.state(name) == "FAILED"


@pytest.mark.parametrize(
    ("knobs", "complaint"),
    [
        ({"shufle": True}, "there is no knob 'shufle'"),
        ({"shuffle": "yes"}, "the knob 'shuffle' can't be 'yes': Expected `bool`"),
        ({"max_rows": True}, "the knob 'max_rows' can't be True"),
        ({"max_rows": None}, "the knob 'max_rows' can't be None"),
        ({"max_rows": -1}, "the knob 'max_rows' can't be -1: it is 0 or more"),
        ({"max_rows": inf}, "the knob 'max_rows' can't be inf: it is not finite"),
        ({"max_rows": nan}, "the knob 'max_rows' can't be nan: it is not finite"),
        ({"output_info": "soon"}, "the knob 'output_info' can't be 'soon'"),
        ({"missing_models": "gemini"}, "the knob 'missing_models' can't be 'gemini'"),
        *(
            ({name: KNOBS[name].default}, f"the knob '{name}' is for the whole service")
            for name in KNOBS
            if not KNOBS[name].by_job
        ),
    ],
)
def test_a_rule_with_an_impossible_knob_is_refused(
    knobs: dict[str, Any], complaint: str
) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match=complaint):
        faults.add(Fault(method=RUN, script=Script(knobs=knobs)))
    assert not faults.rules


def test_a_rule_in_json_may_set_knobs() -> None:
    script = {"knobs": {"missing_models": ["a"]}}
    given = {"service": "vertex", "method": RUN, "script": script}
    rule = read_rule(given, {"vertex": Fault})
    assert isinstance(rule, Fault)
    assert rule.script is not None
    effective = knobs_of_job(Knobs(), rule.script.knobs)
    assert effective.missing_models == ("a",)


def test_the_knobs_that_no_job_can_have_are_those_of_calls_and_lists() -> None:
    whole = {name for name, knob in KNOBS.items() if not knob.by_job}
    assert whole == {
        "token_required",
        "wrong_endpoint",
        "submissions_per_minute",
        "reads_per_minute",
        "list_order",
        "list_lag_seconds",
        "jobs_kept_seconds",
        "default_page_size",
        "max_page_size",
    }


def test_a_knob_that_a_later_version_knows_stops_no_job() -> None:
    assert knobs_of_job(Knobs(), {"not_known_here": 1}) == Knobs()


def test_knobs_are_read_by_name() -> None:
    assert knobs_from({"max_rows": 5}) == Knobs(max_rows=5)
    with pytest.raises(ValueError, match="there is no knob 'rows'"):
        knobs_from({"rows": 5})
    with pytest.raises(ValueError, match="'max_page_size' can't be 0: it is 1 or more"):
        knobs_from({"max_page_size": 0})
