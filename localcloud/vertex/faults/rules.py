"""
Vertex AI's faults: rules that look at jobs, and say how a job is to go.
"""

from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

import msgspec

from localcloud.faults.faults import Faults
from localcloud.faults.rules import Call as AnyCall
from localcloud.faults.rules import FaultError, Rule, Said, like
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.scripts import Script, check_script
from localcloud.vertex.overrides import check_job_knobs

SERVICE = "vertex"
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


class Call(AnyCall, frozen=True, kw_only=True):
    """
    A call about jobs, or the course of one.
    """

    service: str = SERVICE
    display_name: str = ""
    model: str = ""
    labels: dict[str, str] = {}  # noqa: RUF012  # msgspec copies it


class Fault(Rule, frozen=True, kw_only=True):
    """
    A rule for Vertex AI; `resource` is the name of the job, or of its parent.
    """

    effects: ClassVar[tuple[str, ...]] = (*Rule.effects, "list_lag_seconds", "script")
    own_methods: ClassVar[tuple[str, ...]] = (RUN,)

    service: Annotated[str, Said(description="`vertex`")] = SERVICE
    display_name: Annotated[
        str | None, Said(description="the job's display name (text, `*` is any)")
    ] = None
    model: Annotated[
        str | None, Said(description="the job's model (text, `*` is any)")
    ] = None
    labels: Annotated[
        dict[str, str],
        Said(description="labels that the job has, an object of texts"),
    ] = {}  # noqa: RUF012  # as above
    list_lag_seconds: Annotated[
        Annotated[float, msgspec.Meta(ge=0, le=1e9)],
        Said(description="a list leaves out jobs that are younger (in s, to 1e9)"),
    ] = 0.0
    script: Annotated[
        Script | None,
        Said(
            description=f"how the job is to go (an object; for the method `{RUN}`, "
            "which is a job's course)"
        ),
    ] = None

    def matches(self, call: AnyCall) -> bool:
        # A course is no call: `*` means the calls.
        if (call.method == RUN) != (self.script is not None):
            return False
        return (
            isinstance(call, Call)
            and self.fits(call)
            and like(call.display_name, self.display_name)
            and like(call.model, self.model)
            and all(call.labels.get(key) == value for key, value in self.labels.items())
        )

    def check(self) -> None:
        super().check()
        if self.script is None:
            if self.method == RUN:
                raise ValueError(f"a rule for the method {RUN} needs a `script`")
            return
        if not fnmatchcase(RUN, self.method):
            raise ValueError(
                f"a `script` is for a job's course: the method is {RUN}, not "
                f"{self.method!r}"
            )
        check_script(self.script)
        check_job_knobs(self.script.knobs)


def script_for(faults: Faults, course: Call) -> Script:
    """
    How the job that is being made is to go.
    """
    if not faults.concern(SERVICE):
        return Script()
    found = faults.befalling(course)
    script = found.script if isinstance(found, Fault) else None
    return Script() if script is None else script


def api_error(error: FaultError) -> ApiError:
    """
    A fault's error, in the service's words unless it has its own.
    """
    code = error.canonical
    assert code is not None
    message = error.message or _MESSAGES.get(code, code.name.replace("_", " "))
    return ApiError(code, message, list(error.details))


def list_lag_seconds(fault: Rule | None) -> float:
    """
    How far a list that a fault befalls is behind.
    """
    return fault.list_lag_seconds if isinstance(fault, Fault) else 0.0
