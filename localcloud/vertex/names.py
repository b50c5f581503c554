"""
Resource names: what they look like, and the project number they come back with.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from localcloud.projects import project_number
from localcloud.vertex.api.errors import ApiError, Code

_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._:-]*"
_PARENT = re.compile(rf"projects/({_SEGMENT})/locations/([a-z0-9-]+)")
_JOB = re.compile(rf"({_PARENT.pattern})/batchPredictionJobs/([^/]+)")
_OPERATION = re.compile(rf"({_PARENT.pattern})/operations/([^/]+)")

ProjectNumber = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """
    A project, by the name it was called and by number, and a location.
    """

    project: str
    number: str
    location: str

    @property
    def name(self) -> str:
        return f"projects/{self.number}/locations/{self.location}"

    @property
    def asked(self) -> str:
        """
        The name with the project as the caller wrote it.
        """
        return f"projects/{self.project}/locations/{self.location}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceName:
    """
    Something within a parent: a job or an operation.
    """

    parent: Parent
    collection: str
    id: str

    @property
    def name(self) -> str:
        return f"{self.parent.name}/{self.collection}/{self.id}"

    @property
    def asked(self) -> str:
        return f"{self.parent.asked}/{self.collection}/{self.id}"


def _parent(match: re.Match[str], first: int, number: ProjectNumber) -> Parent:
    project, location = match[first], match[first + 1]
    return Parent(project=project, number=number(project), location=location)


def parse_parent(text: str, number: ProjectNumber = project_number) -> Parent:
    match = _PARENT.fullmatch(text)
    if match is None:
        raise ApiError(Code.INVALID_ARGUMENT, f"Invalid resource name: {text!r}")
    return _parent(match, 1, number)


def parse_job(text: str, number: ProjectNumber = project_number) -> ResourceName:
    return _parse(_JOB, "batchPredictionJobs", text, number)


def parse_operation(text: str, number: ProjectNumber = project_number) -> ResourceName:
    return _parse(_OPERATION, "operations", text, number)


def _parse(
    pattern: re.Pattern[str], collection: str, text: str, number: ProjectNumber
) -> ResourceName:
    match = pattern.fullmatch(text)
    if match is None:
        raise ApiError(Code.INVALID_ARGUMENT, f"Invalid resource name: {text!r}")
    return ResourceName(
        parent=_parent(match, 2, number), collection=collection, id=match[4]
    )
