"""
Rules from plain data, and what is told to whoever got one wrong.
"""

import re
from math import inf, nan
from typing import Any

import pytest

from localcloud.faults.reading import read_rule
from localcloud.faults.rules import FaultError, Rule
from localcloud.vertex.faults.rules import RUN, Fault
from localcloud.vertex.jobs.scripts import RowFault, Script

KINDS = {"vertex": Fault, "storage": Rule}
JOB = {"service": "vertex", "method": RUN}


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"cut": True}, Rule(cut=True)),
        (
            {"method": "Get*", "error": {"code": "UNAVAILABLE"}, "calls": [1, 3]},
            Rule(method="Get*", error=FaultError(code="UNAVAILABLE"), calls=(1, 3)),
        ),
        (
            {"service": "storage", "error": {"code": 503, "message": "No"}, "share": 1},
            Rule(service="storage", error=FaultError(code=503, message="No"), share=1),
        ),
        (
            {**JOB, "script": {"state": "X", "rows": [{"share": 0.5}]}},
            Fault(method=RUN, script=Script(state="X", rows=(RowFault(share=0.5),))),
        ),
        (
            {"service": "vertex", "labels": {"a": "b"}, "list_lag_seconds": 5},
            Fault(labels={"a": "b"}, list_lag_seconds=5),
        ),
    ],
)
def test_a_rule_is_read_as_the_service_has_it(given: Any, rule: Rule) -> None:
    assert read_rule(given, KINDS) == rule
    assert type(read_rule(given, KINDS)) is type(rule)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (7, "a fault is an object, not 7"),
        ([], r"a fault is an object, not \[\]"),
        ({"dely_seconds": 2}, "`dely_seconds` .did you mean `delay_seconds`"),
        (
            {"service": "vertx", "cut": True},
            "use `vertex`, `storage`, or `\\*`",
        ),
        ({"service": [], "cut": True}, r"there is no service \[\]"),
        ({"script": {}}, '`script` is for .*: give the rule "service": "vertex"'),
        (
            {"method": "storage.objects.get"},
            "say what happens: give it one of",
        ),
        ({"error": {}}, "`error.code` is missing: a code by name"),
        ({"error": {"code": "NO"}}, "can't be 'NO': use one of CANCELLED, "),
        ({"error": {"code": 418}}, "can't be 418: .* an HTTP status such as 429"),
        ({"error": 503}, "`error` can't be 503: the answer is this error: an object"),
        ({"cut": True, "resource": "("}, r"can't be '\(': it is a regular expression"),
        ({"cut": True, "share": 2}, "`share` can't be 2: .* from 0 to 1"),
        ({"cut": True, "share": "half"}, '`share` can\'t be "half"'),
        ({"cut": True, "times": 0}, "`times` can't be 0: .* from 1 on"),
        ({"cut": True, "calls": [0]}, r"`calls` can't be \[0\]: a list of ordinals"),
        ({"cut": True, "calls": "all"}, '`calls` can\'t be "all"'),
        ({"cut": "yes"}, '`cut` can\'t be "yes": `true`: the connection is cut'),
        ({"delay_seconds": -1}, "`delay_seconds` can't be -1"),
        (
            {**JOB, "script": {"rows": [{"shar": 1}]}},
            r"rows\[0\].shar` .*share",
        ),
        ({**JOB, "script": {"rows": [{}]}}, r"`script.rows\[0\].share` is missing"),
        *(
            ({"delay_seconds": number}, "`delay_seconds` can't be .*finite")
            for number in (inf, -inf, nan)
        ),
        ({"cut": True, "share": nan}, "`share` can't be NaN: a number here is finite"),
        (
            {"service": "vertex", "list_lag_seconds": inf},
            "`list_lag_seconds` can't be Infinity: a number here is finite",
        ),
        (
            {"service": "vertex", "list_lag_seconds": 1e300},
            r"`list_lag_seconds` can't be 1e\+300: .*to 1e9",
        ),
        ({"service": "vertex", "list_lag_seconds": -1}, "can't be -1"),
        ({"cut": True, "error": {"code": inf}}, "`error.code` can't be Infinity"),
        (
            {**JOB, "script": {"resume_after_seconds": nan}},
            "`script.resume_after_seconds` can't be NaN",
        ),
        (
            {**JOB, "script": {"resume_after_seconds": -1}},
            "`script.resume_after_seconds` can't be -1: it is from 0 to 1e9",
        ),
        (
            {**JOB, "script": {"resume_after_seconds": 1e300}},
            r"`script.resume_after_seconds` can't be 1e\+300: it is from 0 to 1e9",
        ),
        (
            {**JOB, "script": {"knobs": {"list_lag_seconds": [nan]}}},
            "`script.knobs` can't be .*finite",
        ),
        (
            {**JOB, "script": {"after_share": 1.5}},
            "`script.after_share` can't be 1.5: it is from 0 to 1",
        ),
        (
            {**JOB, "script": {"rows": [{"share": 7}]}},
            r"`script.rows\[0\].share` can't be 7: it is from 0 to 1",
        ),
        (
            {**JOB, "script": {"rows": [{"share": 1}, {"share": 1, "kind": "typo"}]}},
            r"`script.rows\[1\].kind` can't be 'typo': use one of `error`, `blocked`",
        ),
        (
            {**JOB, "script": {"rows": [{"share": 1, "code": 99}]}},
            r"`script.rows\[0\].code` can't be 99: it is a google.rpc.Code, from 1",
        ),
        (
            {**JOB, "script": {"error": {"code": 0, "message": "no"}}},
            "`script.error.code` can't be 0: it is a google.rpc.Code, from 1 to 16",
        ),
        (
            {**JOB, "script": {"partial_failures": [{"code": 17, "message": "no"}]}},
            r"`script.partial_failures\[0\].code` can't be 17",
        ),
        (
            {"method": RUN, "error": {"code": 503}},
            f'the method {RUN} is one of its service: give it "service": "vertex"',
        ),
        (
            {"service": "eventarc", "delay_seconds": 1},
            "events have no rules: name a disturbance of the catalogue",
        ),
        (
            {**JOB, "script": {"after_share": "half"}},
            '`script.after_share` can\'t be "half": it is a number or null',
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_told_in_a_sentence(
    given: Any, told: str
) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        read_rule(given, KINDS)
    # None of the words that a programming language has for such things.
    for word in ("NoneType", "Traceback", "Struct", "dict", "msgspec", "got `"):
        assert not re.search(rf"\b{word}", str(refused.value))
