"""
Who was granted what: `terraform/grants.json`, from which Terraform makes the grants.

Resources are named as the services ask for them: `buckets/NAME`, `services/NAME` (a
function's Cloud Run service), `projects/ID`, and a topic by its own name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from localcloud.pipeline.deployed_buckets import ROLES
from localcloud.pipeline.deployment import Deployment

PATH = PurePosixPath("terraform/grants.json")

# Places that only Google Cloud has: what is granted on them is nobody's to ask here.
_ELSEWHERE = frozenset(
    {"dead_letter_topics", "function_sources", "kms_key", "subscriptions"}
)


class GrantsError(ValueError):
    """
    The file with the grants is missing, or says what can't be meant; the message says
    which file, and what.
    """


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """
    One thing that an account may do with one resource.
    """

    account: str
    permission: str
    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """
    What each of a deployment's own accounts may do; nothing is said of any other.

    What is granted on `project` is granted on all that is in it, and on nothing of
    another project.
    """

    accounts: frozenset[str] = frozenset()
    rights: frozenset[Right] = frozenset()
    project: str = ""

    def allows(self, account: str, permission: str, resource: str) -> bool:
        """
        Whether an account of the deployment was granted a permission on a resource.
        """
        places = [resource]
        if not self._is_elsewhere(resource):
            places.append(self.project)
        return any(Right(account, permission, place) in self.rights for place in places)

    def without(self, right: Right) -> "Grants":
        """
        The same, but for one right.
        """
        return replace(self, rights=self.rights - {right})

    def _is_elsewhere(self, resource: str) -> bool:
        # The names of buckets and of services don't tell their project.
        named = resource.split("/")[:2]
        return named[0] == "projects" and "/".join(named) != self.project


NO_GRANTS = Grants()
"""
Those of a cloud that nothing is deployed on.
"""


def bucket(name: str) -> str:
    """What a bucket is called here."""
    return f"buckets/{name}"


def project(name: str) -> str:
    """What a project is called here."""
    return f"projects/{name}"


def service(name: str) -> str:
    """What a function's Cloud Run service is called here."""
    return f"services/{name}"


def places(deployment: Deployment) -> dict[str, str]:
    """
    The resource for each place that a grant can be on, but for those that are only
    on Google Cloud.
    """
    functions = ("submit_job", "poll_jobs")
    return {
        **{role: bucket(deployment.bucket(role)) for role in ROLES},
        **{f"{name}_service": service(deployment.called(name)) for name in functions},
        "project": project(deployment.project),
        "topic": deployment.topic,
    }


def read_grants(source: Path, deployment: Deployment) -> Grants:
    """
    What the source's grants mean for a deployment of it. Raises GrantsError.
    """
    file = source / PATH
    try:
        said = json.loads(file.read_bytes())
    except OSError as error:
        raise GrantsError(f"{source} holds no {PATH}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise GrantsError(f"{file} is no JSON: {error}") from error
    try:
        return _grants(said, deployment)
    except (AttributeError, KeyError, TypeError) as error:
        raise GrantsError(f"{file} is not made as grants are: {error!r}") from error
    except ValueError as error:
        raise GrantsError(f"{file}: {error}") from error


def _grants(said: Mapping[str, Any], deployment: Deployment) -> Grants:
    accounts, agents, roles = said["accounts"], said["agents"], said["roles"]
    resources = places(deployment)
    rights = set()
    for grant in said["grants"]:
        to, role, on = grant["to"], grant["role"], grant["on"]
        if role not in roles:
            raise ValueError(f"there is no role {role!r}, which {to!r} is granted")
        if on not in resources and on not in _ELSEWHERE:
            raise ValueError(f"there is no {on!r}, on which {to!r} is granted {role!r}")
        if to in accounts and on in resources:
            account, resource = deployment.account(to), resources[on]
            rights |= {Right(account, p, resource) for p in _permissions(roles[role])}
        elif to not in accounts and to not in agents:
            raise ValueError(f"there is no account {to!r}, which is granted {role!r}")
    return Grants(
        accounts=frozenset(deployment.account(role) for role in accounts),
        rights=frozenset(rights),
        project=resources["project"],
    )


def _permissions(role: Mapping[str, Any]) -> list[str]:
    permissions = role["permissions"]
    if not isinstance(permissions, list) or not all(
        isinstance(permission, str) for permission in permissions
    ):
        raise TypeError("permissions are a list of names")
    return permissions
