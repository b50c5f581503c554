"""
The rules of faults: what they match, whom they befall, and what happens then.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from localcloud.vertex.api.errors import HTTP_STATUS, ApiError, Code
from localcloud.vertex.jobs.scripts import Script
from localcloud.vertex.overrides import check_job_knobs

RUN = "RunBatchPredictionJob"
"""
The method that stands for the course of a job; its rules have a `script`.
"""

_MESSAGES = {
    Code.PERMISSION_DENIED: "The caller does not have permission",
    Code.RESOURCE_EXHAUSTED: (
        "Quota exceeded for aiplatform.googleapis.com/job_requests. "
        "Please submit a quota increase request."
    ),
    Code.UNAVAILABLE: "The service is currently unavailable.",
    Code.DEADLINE_EXCEEDED: "Deadline exceeded.",
    Code.NOT_FOUND: "Requested entity was not found.",
    Code.INTERNAL: "Internal error encountered.",
    Code.UNAUTHENTICATED: "Request had invalid authentication credentials.",
}


class FaultError(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    An error to answer with: its code by name, or its HTTP status.
    """

    code: str | int
    message: str = ""
    details: list[dict[str, Any]] = []

    def as_api_error(self) -> ApiError:
        code = self._code()
        message = self.message or _MESSAGES.get(code, code.name.replace("_", " "))
        return ApiError(code, message, list(self.details))

    def _code(self) -> Code:
        if isinstance(self.code, str):
            return Code[self.code]
        # The first of the codes that share a status, which is the usual one, but
        # for 500 and 409.
        usual = {500: Code.INTERNAL, 409: Code.ABORTED}
        by_status = {status: code for code, status in reversed(HTTP_STATUS.items())}
        return usual.get(self.code) or by_status[self.code]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One rule.
    """

    name: str = ""
    # What it matches; what is not given matches everything.
    method: str = "*"
    """
    A method, `*` in it being any text: `ListBatchPredictionJobs`.
    """
    resource: str | None = None
    """
    A regular expression, found in the name of the job or of its parent.
    """
    display_name: str | None = None
    """
    `*` in it is any text; so it is in `model`.
    """
    model: str | None = None
    labels: dict[str, str] = {}
    # Which of the matches it befalls.
    calls: tuple[int, ...] | None = None
    """
    The first match is number 1.
    """
    share: float | None = None
    seed: int = 0
    times: int | None = None
    # What happens.
    delay_seconds: float = 0.0
    error: FaultError | None = None
    cut: bool = False
    """
    The connection is cut instead of an answer.
    """
    after_effect: bool = False
    """
    The call does its work first, and the answer is lost.
    """
    list_lag_seconds: float = 0.0
    """
    A list doesn't have the jobs that are younger.
    """
    script: Script | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a rule looks at.
    """

    method: str
    resource: str
    display_name: str = ""
    model: str = ""
    labels: dict[str, str] = {}


def read_rules(text: bytes) -> Iterable[Fault]:
    """
    Rules from JSON: one, or a list of them. A ValueError says what is wrong.
    """
    rules = msgspec.json.decode(text, type=Fault | list[Fault])
    return rules if isinstance(rules, list) else [rules]


def check_rule(rule: Fault) -> None:
    if rule.error is not None:
        try:
            rule.error.as_api_error()
        except KeyError as error:
            raise ValueError(f"unknown error code {rule.error.code!r}") from error
    try:
        re.compile(rule.resource or "")
    except re.error as error:
        raise ValueError(f"resource is no regular expression: {error}") from error
    if rule.script is not None and not fnmatchcase(RUN, rule.method):
        raise ValueError(f"a script is for the method {RUN}")
    if rule.script is not None:
        check_job_knobs(rule.script.knobs)


def matches(rule: Fault, call: Call) -> bool:
    # A course is no call: `*` means the calls.
    if call.method == RUN and rule.script is None:
        return False
    if call.method != RUN and rule.script is not None:
        return False
    return (
        fnmatchcase(call.method, rule.method)
        and (rule.resource is None or bool(re.search(rule.resource, call.resource)))
        and _like(call.display_name, rule.display_name)
        and _like(call.model, rule.model)
        and all(call.labels.get(key) == value for key, value in rule.labels.items())
    )


def _like(text: str, pattern: str | None) -> bool:
    return pattern is None or fnmatchcase(text, pattern)
