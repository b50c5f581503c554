"""
Steps over REST that any Pub/Sub can take, and what is comparable in its answers.

Ids, times and texts differ from server to server; codes, resources, and who gets which
message when do not.
"""

from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.contract.pubsub_rest import Answer, RestCaller

TOPICS = ("topics/t-a", "topics/t-b")
SUBSCRIPTIONS = ("subscriptions/s-a", "subscriptions/s-b")
# Long enough that no deadline passes while an example runs.
_HELD_SECONDS = 600
# What the emulator doesn't show: it has neither.
_UNSHOWN = ("expirationPolicy", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    `kind` is a verb of HTTP, or what is done with the messages of a subscription.
    """

    kind: str
    path: str
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.path} {self.body or ''}"


def _settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(
        [
            {},
            {"enableMessageOrdering": True},
            {"labels": {"team": "a"}, "retainAckedMessages": True},
            {"retryPolicy": {"minimumBackoff": "0s", "maximumBackoff": "0.5s"}},
            {"messageRetentionDuration": "600s"},
            {"messageRetentionDuration": "1s"},
            {"ackDeadlineSeconds": 601},
            {"pushConfig": {"pushEndpoint": "nonsense"}},
        ]
    )


def _message(data: str, key: str, attributes: dict[str, str]) -> dict[str, Any]:
    message: dict[str, Any] = {"attributes": attributes}
    if data:
        message["data"] = b64encode(data.encode()).decode()
    return message | ({"orderingKey": key} if key else {})


def _publish(topic: str, messages: list[dict[str, Any]]) -> Step:
    return Step(kind="POST", path=f"{topic}:publish", body={"messages": messages})


def _subscribe(path: str, topic: str, settings: dict[str, Any]) -> Step:
    body = {"topic": topic, "ackDeadlineSeconds": _HELD_SECONDS} | settings
    return Step(kind="PUT", path=path, body=body)


def _update(path: str, seconds: int) -> Step:
    body = {"subscription": {"ackDeadlineSeconds": seconds}}
    return Step(
        kind="PATCH", path=path, body=body | {"updateMask": "ackDeadlineSeconds"}
    )


_topics = st.sampled_from(TOPICS)
_subscriptions = st.sampled_from(SUBSCRIPTIONS)
_messages = st.builds(
    _message,
    st.sampled_from(["", "x", "y", "z" * 50]),
    st.sampled_from(["", "", "k", "l"]),
    st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["1", "ü"])),
)

steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(_publish, _topics, st.lists(_messages, max_size=3)),
    st.builds(_publish, _topics, st.lists(_messages, min_size=1, max_size=3)),
    st.builds(Step, kind=st.just("pull"), path=_subscriptions),
    st.builds(Step, kind=st.just("pull"), path=_subscriptions),
    st.builds(Step, kind=st.sampled_from(["ack", "nack"]), path=_subscriptions),
    st.builds(Step, kind=st.just("extend"), path=_subscriptions),
    st.builds(_subscribe, _subscriptions, _topics, _settings()),
    st.builds(_update, _subscriptions, st.sampled_from([500, 300])),
    st.builds(
        Step,
        kind=st.sampled_from(["GET", "DELETE"]),
        path=st.one_of(_topics, _subscriptions),
    ),
    st.builds(
        Step,
        kind=st.just("GET"),
        path=st.sampled_from([f"{TOPICS[0]}/subscriptions", "topics", "subscriptions"]),
    ),
    st.builds(Step, kind=st.just("PUT"), path=_topics, body=st.just({})),
)


@dataclass(kw_only=True)
class Walker:
    """
    Takes steps on one server, in a project of its own, and holds what it pulled.
    """

    rest: RestCaller
    project: str
    held: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def take(self, step: Step) -> Any:
        """
        What the server made of it, without what differs from server to server.
        """
        path = f"{self.project}/{step.path}"
        match step.kind:
            case "pull":
                return self._pull(path)
            case "ack":
                return self._settle(path, "acknowledge", {})
            case "nack":
                return self._settle(
                    path, "modifyAckDeadline", {"ackDeadlineSeconds": 0}
                )
            case "extend":
                return self._shown(self._modify(path, self.held[path]))
        body = step.body
        if body and "topic" in body:
            body = body | {"topic": f"{self.project}/{body['topic']}"}
        return self._shown(self.rest(step.kind, path, body))

    def _pull(self, path: str) -> Any:
        """
        In as many pulls as bring something: how many come in one is nobody's promise.
        """
        pulled: list[Any] = []
        while True:
            body = {"maxMessages": 100, "returnImmediately": True}
            answer = self.rest("POST", f"{path}:pull", body)
            if answer.status != 200:
                return self._shown(answer)
            received = answer.body.get("receivedMessages", [])
            if not received:
                return _ordered(pulled)
            self.held[path] += [each["ackId"] for each in received]
            pulled += [_comparable(each) for each in received]

    def _settle(self, path: str, verb: str, body: dict[str, Any]) -> Any:
        ids = self.held.pop(path, [])
        return self._shown(self.rest("POST", f"{path}:{verb}", body | {"ackIds": ids}))

    def _modify(self, path: str, ids: list[str]) -> Answer:
        body = {"ackIds": ids, "ackDeadlineSeconds": _HELD_SECONDS}
        return self.rest("POST", f"{path}:modifyAckDeadline", body)

    def _shown(self, answer: Answer) -> Any:
        if answer.status != 200:
            return answer.status, answer.error["status"]
        shown = dict(answer.body)
        if "messageIds" in shown:
            return len(shown["messageIds"])
        for listed in ("topics", "subscriptions"):
            if listed in shown:
                return sorted(map(str, map(_plain, shown[listed])))
        return _plain(shown)


def _plain(resource: Any) -> Any:
    if not isinstance(resource, dict):
        return resource
    return {name: value for name, value in resource.items() if name not in _UNSHOWN}


def _comparable(received: dict[str, Any]) -> tuple[str, str, str]:
    message = received["message"]
    key = message.get("orderingKey", "")
    return (
        key,
        message.get("data", ""),
        str(sorted(message.get("attributes", {}).items())),
    )


def _ordered(pulled: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """
    By key; without one any order will do, with one the order is part of the promise.
    """
    keyed = [each for each in pulled if each[0]]
    return sorted(each for each in pulled if not each[0]) + sorted(
        keyed, key=lambda each: each[0]
    )
