"""
The plan grants what `terraform/grants.json` says, and nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.terraform.installing import ROOT
from tests.terraform.plans import UNKNOWN, Plan, Values

GRANTS: Mapping[str, Any] = json.loads((ROOT / "terraform/grants.json").read_text())
PROJECT = "dropbatch-local"
AGENTS = {
    "aiplatform": "service-1@gcp-sa-aiplatform.iam.gserviceaccount.com",
    "eventarc": "service-1@gcp-sa-eventarc.iam.gserviceaccount.com",
    "pubsub": "service-1@gcp-sa-pubsub.iam.gserviceaccount.com",
}
# What these change: nothing that a file in the inbox would be.
READING = {"storage.objects.get", "storage.objects.list"}
Plans = Mapping[str, Plan]


class Deployed(NamedTuple):
    """
    What a run deploys, as far as grants depend on it.
    """

    name: str = "dropbatch"
    buckets: str = PROJECT
    subscriptions: tuple[str, ...] = ("messages",)
    key: bool = False


RUNS = {
    "defaults": Deployed(),
    "no_subscription": Deployed(subscriptions=()),
    "key": Deployed(key=True),
    "everything": Deployed("second", "acme-second", ("billing", "search"), True),
}
Grant = tuple[str, str, str]


def asked_for(deployed: Deployed) -> Iterator[Grant]:
    """
    Who, what and where, from the data.
    """
    for grant in GRANTS["grants"]:
        places = [grant["on"]]
        if grant["on"] in ("dead_letter_topics", "subscriptions"):
            places = [f"{grant['on']} {word}" for word in deployed.subscriptions]
        if grant["on"] == "kms_key" and not deployed.key:
            places = []
        for place in places:
            yield grant["to"], grant["role"], place


def planned(plan: Plan, deployed: Deployed) -> Iterator[Grant]:
    """
    Who, what and where, from every resource of the plan that grants anything.
    """
    for kind in plan.resources:
        if "_iam_" in kind and kind != "google_project_iam_custom_role":
            for grant in plan.of(kind).values():
                yield (
                    _who(grant["member"], deployed),
                    _what(grant["role"], deployed),
                    _where(kind, grant, deployed),
                )


def _who(member: str, deployed: Deployed) -> str:
    if member == UNKNOWN:
        # Its address is read, not made: the one that a plan can't know.
        return "storage"
    address = member.removeprefix("serviceAccount:")
    for agent, email in AGENTS.items():
        if address == email:
            return agent
    account, _, rest = address.partition("@")
    assert rest == f"{PROJECT}.iam.gserviceaccount.com", member
    assert account.startswith(f"{deployed.name}-"), member
    return account.removeprefix(f"{deployed.name}-").replace("-", "_")


def _what(role: str, deployed: Deployed) -> str:
    return role.removeprefix(f"projects/{PROJECT}/roles/{deployed.name}_")


def _where(kind: str, grant: Values, deployed: Deployed) -> str:
    name = deployed.name
    match kind:
        case "google_project_iam_member":
            assert grant["project"] == PROJECT
            if not grant["condition"]:
                return "project"
            (condition,) = grant["condition"]
            assert condition["expression"] == (
                'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-")'
            )
            return "function_sources"
        case "google_storage_bucket_iam_member":
            return str(grant["bucket"]).removeprefix(f"{deployed.buckets}-")
        case "google_pubsub_topic_iam_member":
            if grant["topic"] == name:
                return "topic"
            word = grant["topic"].removeprefix(f"{name}-")
            return f"dead_letter_topics {word.removesuffix('-dead-letters')}"
        case "google_pubsub_subscription_iam_member":
            return f"subscriptions {grant['subscription'].removeprefix(f'{name}-')}"
        case "google_cloud_run_v2_service_iam_member":
            word = grant["name"].removeprefix(f"{name}-").replace("-", "_")
            return f"{word}_service"
        case "google_kms_crypto_key_iam_member":
            return "kms_key"
        case _:
            pytest.fail(f"{kind} grants something that grants.json knows nothing of")


@pytest.mark.parametrize("run", RUNS)
def test_the_plan_grants_what_the_data_says_and_nothing_else(
    plans: Plans, run: str
) -> None:
    """
    Each grant once: a second resource for the same would take it away with itself.
    """
    deployed = RUNS[run]

    assert Counter(planned(plans[run], deployed)) == Counter(asked_for(deployed))


@pytest.mark.parametrize("run", RUNS)
def test_custom_roles_have_the_permissions_of_the_data(plans: Plans, run: str) -> None:
    ours = {k: v for k, v in GRANTS["roles"].items() if not k.startswith("roles/")}
    made = plans[run].keyed("google_project_iam_custom_role", "role")

    assert {key: set(role["permissions"]) for key, role in made.items()} == {
        key: set(role["permissions"]) for key, role in ours.items()
    }
    for key, role in made.items():
        assert role["role_id"] == f"{RUNS[run].name}_{key}"


@pytest.mark.parametrize("run", RUNS)
def test_there_is_an_account_for_each_in_the_data(plans: Plans, run: str) -> None:
    made = plans[run].keyed("google_service_account", "account")

    assert {key: account["account_id"] for key, account in made.items()} == {
        key: f"{RUNS[run].name}-{key.replace('_', '-')}" for key in GRANTS["accounts"]
    }


def test_everything_in_the_data_is_used_and_explained() -> None:
    members = {*GRANTS["accounts"], *GRANTS["agents"]}

    assert {grant["to"] for grant in GRANTS["grants"]} == members
    assert {grant["role"] for grant in GRANTS["grants"]} == set(GRANTS["roles"])
    assert all(grant["why"] for grant in GRANTS["grants"])


def test_what_nothing_here_asks_for_is_granted() -> None:
    """
    The local cloud builds nothing, and Google's own agents are owners there: whatever
    one of these lacks, only Google Cloud would tell.
    """
    elsewhere = {"build", *GRANTS["agents"]}

    assert {
        (grant["to"], grant["role"].removeprefix("roles/"), grant["on"])
        for grant in GRANTS["grants"]
        if grant["to"] in elsewhere
    } == {
        ("build", "logging.logWriter", "project"),
        ("build", "artifactregistry.writer", "project"),
        ("build", "storage.objectViewer", "function_sources"),
        ("aiplatform", "aiplatform.serviceAgent", "project"),
        ("eventarc", "eventarc.serviceAgent", "project"),
        ("storage", "pubsub.publisher", "project"),
        ("pubsub", "pubsub.serviceAgent", "project"),
        ("pubsub", "pubsub.publisher", "dead_letter_topics"),
        ("pubsub", "pubsub.subscriber", "subscriptions"),
        ("storage", "cloudkms.cryptoKeyEncrypterDecrypter", "kms_key"),
        ("pubsub", "cloudkms.cryptoKeyEncrypterDecrypter", "kms_key"),
    }


def test_nobody_is_granted_to_write_into_the_inbox() -> None:
    """
    What is written there fires the trigger.
    """
    for grant in GRANTS["grants"]:
        if grant["on"] == "inbox":
            permissions = set(GRANTS["roles"][grant["role"]]["permissions"])
            assert permissions <= READING, grant
