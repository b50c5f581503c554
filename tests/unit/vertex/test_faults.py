"""
Rules of faults: what they match and whom they befall.
"""

import pytest

from localcloud.vertex.api.errors import Code
from localcloud.vertex.faults.faults import Faults
from localcloud.vertex.faults.rules import RUN, Call, Fault, FaultError, read_rules
from localcloud.vertex.jobs.scripts import Script

GET = "GetBatchPredictionJob"
CREATE = "CreateBatchPredictionJob"
QUOTA = FaultError(code=429)


def call(method: str = GET, **fields: str) -> Call:
    return Call(
        method=method,
        resource=fields.get("resource", "projects/1/locations/global"),
        display_name=fields.get("display_name", "name"),
        model=fields.get("model", "publishers/google/models/gemini-2.5-flash"),
        labels={"env": "test", "team": "a"},
    )


@pytest.mark.parametrize(
    ("rule", "befalls"),
    [
        (Fault(error=QUOTA), True),
        (Fault(method=GET), True),
        (Fault(method="*BatchPredictionJob"), True),
        (Fault(method=CREATE), False),
        (Fault(method="List*"), False),
        (Fault(resource="locations/global$"), True),
        (Fault(resource="locations/us-"), False),
        (Fault(display_name="na*"), True),
        (Fault(display_name="na"), False),
        (Fault(model="*gemini-2.5*"), True),
        (Fault(model="gemini-2.5*"), False),
        (Fault(labels={"env": "test"}), True),
        (Fault(labels={"env": "test", "team": "b"}), False),
        (Fault(labels={"none": ""}), False),
        (Fault(method=RUN, script=Script()), False),
        (Fault(script=Script()), False),
    ],
)
def test_a_rule_befalls_what_it_matches(rule: Fault, befalls: bool) -> None:
    faults = Faults()
    faults.add(rule)
    assert (faults.befalling(call()) is rule) == befalls
    assert len(faults.injected) == befalls


def test_a_rule_can_be_for_certain_calls() -> None:
    faults = Faults()
    faults.add(Fault(calls=(1, 3)))
    befell = [faults.befalling(call()) is not None for _ in range(4)]
    assert befell == [True, False, True, False]


def test_a_rule_can_be_for_some_calls_at_most() -> None:
    faults = Faults()
    faults.add(Fault(times=2))
    assert [faults.befalling(call()) is not None for _ in range(4)] == (
        [True, True, False, False]
    )


def test_a_share_is_drawn_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults()
        faults.add(Fault(share=0.3, seed=seed))
        return [faults.befalling(call()) is not None for _ in range(1_000)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 240 < sum(drawn(1)) < 360


def test_the_first_rule_has_the_call_and_later_ones_still_count_it() -> None:
    faults = Faults()
    first, second = Fault(name="first", calls=(1,)), Fault(name="second", calls=(2,))
    faults.add(first, second)
    assert [faults.befalling(call()) for _ in range(3)] == [first, second, None]
    assert [each["fault"] for each in faults.injected] == ["first", "second"]

    always = Fault(name="always")
    faults.clear()
    faults.add(always, Fault(name="never"))
    assert faults.befalling(call()) is always


def test_a_script_is_for_the_course_of_a_job_only() -> None:
    faults = Faults()
    script = Script(state="JOB_STATE_PAUSED", stuck=True)
    faults.add(Fault(error=QUOTA), Fault(method=RUN, model="*flash", script=script))
    assert faults.script(call(RUN)) == script
    assert faults.script(call(RUN, model="pro")) == Script()
    assert faults.befalling(call()) is faults.rules[0]


def test_cleared_rules_befall_nothing() -> None:
    faults = Faults()
    faults.add(Fault())
    faults.befalling(call())
    faults.clear()
    assert faults.befalling(call()) is None
    assert len(faults.injected) == 1


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
    error = FaultError(code=code).as_api_error()
    assert error.code is expected
    assert error.message
    assert FaultError(code=code, message="words").as_api_error().message == "words"


def test_rules_are_read_from_json() -> None:
    one = b'{"method": "Get*", "error": {"code": "UNAVAILABLE"}, "calls": [1]}'
    assert list(read_rules(one)) == [
        Fault(method="Get*", error=FaultError(code="UNAVAILABLE"), calls=(1,))
    ]
    two = (
        b'[{"delay_seconds": 2}, {"method": "RunBatchPredictionJob", "script": '
        b'{"state": "JOB_STATE_FAILED", "rows": [{"share": 0.5}]}}]'
    )
    assert len(list(read_rules(two))) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"7",
        b'{"unheard_of": 1}',
        b'{"error": {"code": "NO_SUCH_CODE"}}',
        b'{"error": {"code": 418}}',
        b'{"resource": "("}',
        b'{"method": "Get*", "script": {"state": "JOB_STATE_FAILED"}}',
        b'{"calls": "all"}',
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Faults().add(*read_rules(text))
