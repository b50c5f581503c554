"""
The one way in for calls that get one reply, whichever transport brought them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from inspect import isawaitable
from typing import Any

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.refusals import (
    bad_credentials,
    no_project,
    unauthenticated,
    unimplemented,
)
from localcloud.pubsub.service.methods import (
    IAM,
    MISSING,
    PUBLISHER,
    SUBSCRIBER,
    UNARY,
    snake_case,
)
from localcloud.pubsub.service.policies import Policies
from localcloud.pubsub.service.publisher import Publisher
from localcloud.pubsub.service.streaming_pull import streaming_pull
from localcloud.pubsub.service.subscriber import Subscriber
from localcloud.pubsub.wire import Reply, Request

# The fields that name what a request is about, the nearest first.
_NAMES = (
    *("subscription", "name", "topic", "snapshot", "schema", "resource"),
    *("project", "parent"),
)


def resource_of(request: Request) -> str:
    """
    The name of what a request is about; empty if it has none.
    """
    for field in _NAMES:
        found = getattr(request, field, "")
        # An update's is the resource itself.
        name = getattr(found, "name", found)
        if name:
            return str(name)
    return ""


def no_fault(_: str) -> str:
    return ""


def any_project(_: str) -> bool:
    return True


class Front:
    """
    Answers every unary call of the broker. What is to befall any of them (a fault,
    a missing permission) goes around `call`; StreamingPull stands beside it.

    `token_fault` says what is wrong with a bearer token, and `has_project` which
    projects there are.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        token_fault: Callable[[str], str] = no_fault,
        has_project: Callable[[str], bool] = any_project,
    ) -> None:
        self.broker = broker
        self._token_fault = token_fault
        self._has_project = has_project
        answers = {
            PUBLISHER: Publisher(broker),
            SUBSCRIBER: Subscriber(broker),
            IAM: Policies(broker),
        }
        self._answers: dict[tuple[str, str], Callable[[Request], Any]] = {
            (service, method): getattr(answers[service], snake_case(method))
            for service, methods in UNARY.items()
            for method in methods
        }

    async def call(self, service: str, method: str, request: Request) -> Reply:
        """
        The reply to one call, such as "google.pubsub.v1.Publisher" "CreateTopic",
        or a RefusedError.
        """
        answer = self._answers.get((service, method))
        if answer is None:
            raise unimplemented(MISSING[service][0])
        collection, _, rest = resource_of(request).partition("/")
        project = rest.partition("/")[0]
        if collection == "projects" and project and not self._has_project(project):
            raise no_project(project)
        reply = answer(request)
        return await reply if isawaitable(reply) else reply

    async def streaming_pull(
        self,
        requests: AsyncIterator[Request],
        write: Callable[[Reply], Awaitable[None]],
    ) -> None:
        """
        Serve one StreamingPull until its client has no more to say.
        """
        await streaming_pull(self.broker, requests, write)

    def admit(self, service: str, method: str, authorization: str | None) -> None:
        """
        Let a call with this Authorization header in, streams too; UNAUTHENTICATED
        if it has no bearer token, or one that is not good.
        """
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise unauthenticated(f"{service}.{method}")
        fault = self._token_fault(token.strip())
        if fault:
            raise bad_credentials(f"{service}.{method}", fault)
