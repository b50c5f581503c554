"""
Tokens that have ended and projects that are not there, in Google's words.
"""

import asyncio

import pytest

from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.methods import (
    IAM,
    PUBLISHER,
    SUBSCRIBER,
    UNARY,
)
from localcloud.pubsub.wire import (
    GetIamPolicyRequest,
    ListTopicsRequest,
    Request,
    Topic,
    UpdateSubscriptionRequest,
)
from tests.everybody import owners
from tests.unit.pubsub.brokers import TOPIC, Bench

ACCOUNT = "tester@unit.iam.gserviceaccount.com"


@pytest.fixture
def front(bench: Bench) -> Front:
    return Front(
        bench.broker,
        token_fault=lambda token: "" if token == "good" else "ACCESS_TOKEN_EXPIRED",
        has_project=lambda project: project == "unit",
        permits=owners(),
    )


@pytest.mark.parametrize("header", ["Bearer good", "bearer good", "Bearer  good "])
def test_a_good_token_is_let_in(front: Front, header: str) -> None:
    front.admit(PUBLISHER, "GetTopic", header)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "CREDENTIALS_MISSING"),
        ("Basic good", "CREDENTIALS_MISSING"),
        ("Bearer", "CREDENTIALS_MISSING"),
        ("Bearer ended", "ACCESS_TOKEN_EXPIRED"),
    ],
)
def test_another_is_not(front: Front, header: str | None, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        front.admit(SUBSCRIBER, "StreamingPull", header)

    assert refused.value.code == "UNAUTHENTICATED"
    assert refused.value.details[0]["reason"] == reason


@pytest.mark.parametrize(
    ("service", "method", "request_"),
    [
        (PUBLISHER, "CreateTopic", Topic(name="projects/other/topics/topic")),
        (PUBLISHER, "ListTopics", ListTopicsRequest(project="projects/other")),
        (
            SUBSCRIBER,
            "UpdateSubscription",
            UpdateSubscriptionRequest(
                subscription={"name": "projects/other/subscriptions/sub"}
            ),
        ),
        (IAM, "GetIamPolicy", GetIamPolicyRequest(resource="projects/other/topics/a")),
    ],
)
def test_a_project_that_is_not_there_is_not_found(
    front: Front, service: str, method: str, request_: Request
) -> None:
    with pytest.raises(RefusedError) as refused:
        asyncio.run(front.call(service, method, request_, ACCOUNT))

    assert refused.value.code == "NOT_FOUND"
    assert "Requested project not found" in refused.value.message
    assert "(project=other)" in refused.value.message


def test_the_projects_own_are_there(front: Front) -> None:
    request = UNARY[PUBLISHER]["GetTopic"](topic=TOPIC)
    assert (
        asyncio.run(front.call(PUBLISHER, "GetTopic", request, ACCOUNT)).name == TOPIC
    )
