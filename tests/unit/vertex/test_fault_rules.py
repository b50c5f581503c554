"""
Vertex AI's own rules: what they look at, and the course of a job.
"""

from typing import Any

import pytest

from localcloud.faults.faults import Faults
from localcloud.faults.rules import FaultError, Rule
from localcloud.pubsub.faults.rules import PubsubFault
from localcloud.storage.faults.rules import StorageFault
from localcloud.vertex.api.errors import Code
from localcloud.vertex.faults.rules import RUN, Call, Fault, api_error, script_for
from localcloud.vertex.jobs.scripts import Script

GET = "GetBatchPredictionJob"
QUOTA = FaultError(code=429)
GOOGLE = "type.googleapis.com"
INFO: dict[str, Any] = {"@type": f"{GOOGLE}/google.rpc.ErrorInfo", "reason": "BUSY"}
PAUSED = Script(state="JOB_STATE_PAUSED", stuck=True)


def call(method: str = GET, **fields: str) -> Call:
    return Call(
        method=method,
        resource=fields.get("resource", "projects/1/locations/global"),
        by_name_only=method == RUN,
        display_name=fields.get("display_name", "name"),
        model=fields.get("model", "publishers/google/models/gemini-2.5-flash"),
        labels={"env": "test", "team": "a"},
    )


@pytest.mark.parametrize(
    ("rule", "befalls"),
    [
        (Fault(error=QUOTA), True),
        (Fault(method=GET, error=QUOTA), True),
        (Fault(method="List*", error=QUOTA), False),
        (Fault(display_name="na*", error=QUOTA), True),
        (Fault(display_name="na", error=QUOTA), False),
        (Fault(model="*gemini-2.5*", error=QUOTA), True),
        (Fault(model="gemini-2.5*", error=QUOTA), False),
        (Fault(labels={"env": "test"}, error=QUOTA), True),
        (Fault(labels={"env": "test", "team": "b"}, error=QUOTA), False),
        (Fault(labels={"none": ""}, error=QUOTA), False),
        (Fault(method=RUN, script=Script(state="X")), False),
        (Rule(error=QUOTA), True),
        (Rule(service="storage", error=QUOTA), False),
    ],
)
def test_a_rule_befalls_what_it_matches(rule: Rule, befalls: bool) -> None:
    faults = Faults()
    faults.add(rule)
    assert (faults.befalling(call()) is rule) == befalls


def test_a_script_is_for_the_course_of_a_job_only() -> None:
    faults = Faults()
    scripted = Fault(method=RUN, model="*flash", script=PAUSED)
    faults.add(Rule(cut=True), Fault(error=QUOTA), scripted)
    assert script_for(faults, call(RUN)) == PAUSED
    assert script_for(faults, call(RUN, model="pro")) == Script()
    assert [each["matched"] for each in faults.told()] == [0, 0, 1]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Fault(method="Get*", script=PAUSED), "'Get\\*'"),
        (Fault(method=RUN, error=QUOTA), "needs a `script`"),
        (Fault(method=RUN, script=Script(knobs={"shufle": True})), "shufle"),
        (Fault(display_name="x"), "does not say what happens"),
        *(
            (kind(error=FaultError(code=503, details=[INFO, detail])), told)
            for kind in (Fault, Rule, PubsubFault)
            for detail, told in (
                ({"reason": "x"}, r"`error.details\[1\]` can't be {'reason': .*@type"),
                ({"@type": 7}, r"`error.details\[1\]` can't be"),
                ({}, r"`error.details\[1\]` can't be {}: .*it has no @type"),
                ({"@type": f"{GOOGLE}/x.Y"}, r"`error.details\[1\]` can't be"),
                (INFO | {"raeson": "x"}, r"`error.details\[1\]` can't be .*raeson"),
                (INFO | {"reason": 5}, r"`error.details\[1\]` can't be"),
            )
        ),
        (
            StorageFault(error=FaultError(code=503, details=[INFO])),
            "`error.details` are not for storage",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: Rule, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Faults().add(rule)


@pytest.mark.parametrize("kind", [Fault, Rule, PubsubFault])
def test_an_error_may_have_details_that_grpc_can_carry(kind: type[Rule]) -> None:
    help_link = {"description": "d", "url": "https://cloud.google.com"}
    details = [INFO, {"@type": f"{GOOGLE}/google.rpc.Help", "links": [help_link]}]
    faults = Faults()
    faults.add(kind(error=FaultError(code=503, details=details)))
    assert len(faults.rules) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (429, Code.RESOURCE_EXHAUSTED),
        (400, Code.INVALID_ARGUMENT),
        (403, Code.PERMISSION_DENIED),
        (404, Code.NOT_FOUND),
        (409, Code.ABORTED),
        (500, Code.INTERNAL),
        (503, Code.UNAVAILABLE),
        (504, Code.DEADLINE_EXCEEDED),
        ("FAILED_PRECONDITION", Code.FAILED_PRECONDITION),
    ],
)
def test_an_error_is_named_by_code_or_status(code: str | int, expected: Code) -> None:
    error = api_error(FaultError(code=code))
    assert error.code is expected
    assert error.message
    assert api_error(FaultError(code=code, message="words")).message == "words"
