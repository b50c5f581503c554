"""
The one way in for calls that get one reply, whichever transport brought them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from inspect import isawaitable
from typing import Any

from localcloud.permits import Permits, account_of
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.refusals import (
    bad_credentials,
    forbidden,
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
from localcloud.pubsub.service.permissions import (
    STREAMING_PULL,
    needed,
    resource_of,
)
from localcloud.pubsub.service.policies import Policies
from localcloud.pubsub.service.publisher import Publisher
from localcloud.pubsub.service.streaming_pull import streaming_pull
from localcloud.pubsub.service.subscriber import Subscriber
from localcloud.pubsub.wire import Reply, Request, TestIamPermissionsResponse


def any_project(_: str) -> bool:
    return True


class Front:
    """
    Answers every unary call of the broker. What is to befall any of them goes around
    `call`; StreamingPull stands beside it. An `account` is whose call it is, as `admit`
    has found.

    `token_fault` says what is wrong with a bearer token, `has_project` which projects
    there are, and `permits` who may do what.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        token_fault: Callable[[str], str],
        permits: Permits,
        has_project: Callable[[str], bool] = any_project,
    ) -> None:
        self.broker = broker
        self._token_fault = token_fault
        self._has_project = has_project
        self._permits = permits
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

    async def call(
        self, service: str, method: str, request: Request, account: str
    ) -> Reply:
        """
        The reply to one call, such as "google.pubsub.v1.Publisher" "CreateTopic",
        or a RefusedError.
        """
        self._permit(service, method, request, account)
        answer = self._answers.get((service, method))
        if answer is None:
            raise unimplemented(MISSING[service][0])
        collection, _, rest = resource_of(request).partition("/")
        project = rest.partition("/")[0]
        if collection == "projects" and project and not self._has_project(project):
            raise no_project(project)
        reply = answer(request)
        if isawaitable(reply):
            reply = await reply
        if method == "TestIamPermissions":
            held = self._permits.held(account, reply.permissions, request.resource)
            reply = TestIamPermissionsResponse(permissions=held)
        return reply

    async def streaming_pull(
        self,
        requests: AsyncIterator[Request],
        write: Callable[[Reply], Awaitable[None]],
        account: str,
    ) -> None:
        """
        Serve one StreamingPull until its client has no more to say, or may no longer.
        """

        def permit(first: Request) -> None:
            self._permit(SUBSCRIBER, STREAMING_PULL, first, account)

        await streaming_pull(self.broker, requests, write, permit)

    def admit(self, service: str, method: str, authorization: str | None) -> str:
        """
        Let a call with this Authorization header in, streams too, and say whose it
        is; UNAUTHENTICATED if it has no bearer token, or one that is not good.
        """
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise unauthenticated(f"{service}.{method}")
        fault = self._token_fault(token.strip())
        if fault:
            raise bad_credentials(f"{service}.{method}", fault)
        return account_of(authorization)

    def _permit(
        self, service: str, method: str, request: Request, account: str
    ) -> None:
        topic_of = self.broker.subscriptions.topic_of
        for permission, resource in needed(service, method, request, topic_of=topic_of):
            if not self._permits.may(account, permission, resource):
                raise forbidden()
