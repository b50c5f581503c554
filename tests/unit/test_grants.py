"""
The grants as they are read, and who may do what by them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.callers import Callers
from localcloud.cloud import REPOSITORY
from localcloud.door.access_tokens import token_for
from localcloud.grants import PATH, Grants, GrantsError, Right, places, read_grants
from localcloud.permits import Permits, account_of
from localcloud.pipeline.deployment import Deployment

DEPLOYMENT = Deployment()
SUBMIT = DEPLOYMENT.account("submit_job")
ONE = Right(SUBMIT, "storage.objects.get", "buckets/b")
SAID: dict[str, Any] = {
    "accounts": {"submit_job": "runs"},
    "agents": {"storage": "Google's"},
    "roles": {"reader": {"permissions": ["storage.objects.get"]}},
    "grants": [{"to": "submit_job", "role": "reader", "on": "inbox", "why": "-"}],
}


def written(folder: Path, said: object) -> Path:
    file = folder / PATH
    file.parent.mkdir()
    file.write_text(said if isinstance(said, str) else json.dumps(said))
    return folder


def test_a_grant_is_its_roles_permissions_on_the_deployments_resource(
    tmp_path: Path,
) -> None:
    grants = read_grants(written(tmp_path, SAID), DEPLOYMENT)

    assert grants.accounts == {SUBMIT}
    inbox = "buckets/dropbatch-local-inbox"
    assert grants.rights == {Right(SUBMIT, "storage.objects.get", inbox)}
    assert grants.allows(SUBMIT, "storage.objects.get", inbox)
    assert not grants.allows(SUBMIT, "storage.objects.get", "buckets/other")
    assert not grants.allows(SUBMIT, "storage.objects.list", inbox)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{", "is no JSON"),
        ([], "is not made as grants are"),
        ({**SAID, "grants": [{"to": "submit_job"}]}, "KeyError"),
        ({**SAID, "roles": {"reader": {"permissions": "all"}}}, "a list of names"),
        ({**SAID, "roles": {}}, "there is no role 'reader'"),
        ({**SAID, "accounts": {}}, "there is no account 'submit_job'"),
        (
            {**SAID, "grants": [{"to": "storage", "role": "reader", "on": "inbx"}]},
            "there is no 'inbx'",
        ),
    ],
)
def test_grants_that_make_no_sense_are_told(
    tmp_path: Path, said: object, why: str
) -> None:
    with pytest.raises(GrantsError, match=why) as error:
        read_grants(written(tmp_path, said), DEPLOYMENT)
    assert str(PATH) in str(error.value)


def test_the_sources_grants_are_all_on_what_is_here() -> None:
    """
    What is granted to a caller on a place that only Google Cloud has, nobody proves.
    """
    said = json.loads((REPOSITORY / PATH).read_bytes())
    callers = {"submit_job", "poll_jobs", "trigger", "scheduler"}

    assert {grant["on"] for grant in said["grants"] if grant["to"] in callers} <= set(
        places(DEPLOYMENT)
    )
    assert callers <= set(said["accounts"])


def test_what_is_granted_on_the_project_is_granted_in_it() -> None:
    grants = Grants(
        accounts=frozenset({SUBMIT}),
        rights=frozenset({Right(SUBMIT, "pubsub.topics.publish", "projects/p")}),
        project="projects/p",
    )
    assert grants.allows(SUBMIT, "pubsub.topics.publish", "projects/p/topics/t")


def test_what_is_granted_on_the_project_is_not_granted_in_another() -> None:
    create = "aiplatform.batchPredictionJobs.create"
    grants = Grants(
        accounts=frozenset({SUBMIT}),
        rights=frozenset({Right(SUBMIT, create, "projects/p")}),
        project="projects/p",
    )
    permits = Permits(grants)
    bearer = f"Bearer {token_for(SUBMIT)}"

    for resource in ("projects/q", "projects/p2", "projects/q/topics/projects/p"):
        assert not grants.allows(SUBMIT, create, resource)
    may = Callers(["p", "q"], permits=permits).may_call_vertex
    assert may(bearer, create, "projects/p/locations/us-central1")
    assert not may(bearer, create, "projects/q/locations/us-central1")


def test_what_was_asked_for_is_remembered_as_it_was_answered() -> None:
    permits = Permits(Grants(accounts=frozenset({SUBMIT}), rights=frozenset({ONE})))

    assert permits.may(SUBMIT, ONE.permission, ONE.resource)
    assert not permits.may(SUBMIT, "storage.objects.list", ONE.resource)
    assert permits.may("somebody@else", "storage.objects.list", ONE.resource)

    assert permits.allowed == {ONE}
    assert permits.refused == {Right(SUBMIT, "storage.objects.list", ONE.resource)}
    permits.grants = permits.grants.without(ONE)
    assert not permits.may(SUBMIT, ONE.permission, ONE.resource)


def test_no_caller_can_fill_the_memory() -> None:
    permits = Permits(Grants(accounts=frozenset({SUBMIT})))
    for number in range(3_000):
        permits.may(SUBMIT, "storage.objects.get", f"buckets/{number}")

    assert len(permits.refused) == 1_000


def test_an_account_is_read_off_its_token() -> None:
    assert account_of(f"Bearer {token_for(SUBMIT)}") == SUBMIT
    for other in (None, "", "Bearer", "Bearer foreign", "Basic x"):
        assert account_of(other) == ""
