"""
Which HTTP request is which call: the `google.api.http` rules of google.pubsub.v1.

A test holds this table to the rules that Google's own client library carries.
https://cloud.google.com/pubsub/docs/reference/rest
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from localcloud.pubsub.service.methods import IAM, PUBLISHER, SCHEMAS, SUBSCRIBER

_TOPIC = "projects/*/topics/*"
_SUBSCRIPTION = "projects/*/subscriptions/*"
_SNAPSHOT = "projects/*/snapshots/*"
_SCHEMA = "projects/*/schemas/*"
_ACTED_ON = f"{{subscription={_SUBSCRIPTION}}}"

# Verb, path below /v1/, and, where a body is read, which field it is ("*": all).
_RULES: dict[str, dict[str, tuple[str, str, str]]] = {
    PUBLISHER: {
        "CreateTopic": ("PUT", f"{{name={_TOPIC}}}", "*"),
        "UpdateTopic": ("PATCH", f"{{topic.name={_TOPIC}}}", "*"),
        "Publish": ("POST", f"{{topic={_TOPIC}}}:publish", "*"),
        "GetTopic": ("GET", f"{{topic={_TOPIC}}}", ""),
        "ListTopics": ("GET", "{project=projects/*}/topics", ""),
        "ListTopicSubscriptions": ("GET", f"{{topic={_TOPIC}}}/subscriptions", ""),
        "ListTopicSnapshots": ("GET", f"{{topic={_TOPIC}}}/snapshots", ""),
        "DeleteTopic": ("DELETE", f"{{topic={_TOPIC}}}", ""),
        "DetachSubscription": ("POST", f"{_ACTED_ON}:detach", ""),
    },
    SUBSCRIBER: {
        "CreateSubscription": ("PUT", f"{{name={_SUBSCRIPTION}}}", "*"),
        "GetSubscription": ("GET", _ACTED_ON, ""),
        "UpdateSubscription": ("PATCH", f"{{subscription.name={_SUBSCRIPTION}}}", "*"),
        "ListSubscriptions": ("GET", "{project=projects/*}/subscriptions", ""),
        "DeleteSubscription": ("DELETE", _ACTED_ON, ""),
        "ModifyAckDeadline": ("POST", f"{_ACTED_ON}:modifyAckDeadline", "*"),
        "Acknowledge": ("POST", f"{_ACTED_ON}:acknowledge", "*"),
        "Pull": ("POST", f"{_ACTED_ON}:pull", "*"),
        "ModifyPushConfig": ("POST", f"{_ACTED_ON}:modifyPushConfig", "*"),
        "Seek": ("POST", f"{_ACTED_ON}:seek", "*"),
        "GetSnapshot": ("GET", f"{{snapshot={_SNAPSHOT}}}", ""),
        "ListSnapshots": ("GET", "{project=projects/*}/snapshots", ""),
        "CreateSnapshot": ("PUT", f"{{name={_SNAPSHOT}}}", "*"),
        "UpdateSnapshot": ("PATCH", f"{{snapshot.name={_SNAPSHOT}}}", "*"),
        "DeleteSnapshot": ("DELETE", f"{{snapshot={_SNAPSHOT}}}", ""),
    },
    SCHEMAS: {
        "CreateSchema": ("POST", "{parent=projects/*}/schemas", "schema"),
        "GetSchema": ("GET", f"{{name={_SCHEMA}}}", ""),
        "ListSchemas": ("GET", "{parent=projects/*}/schemas", ""),
        "ListSchemaRevisions": ("GET", f"{{name={_SCHEMA}}}:listRevisions", ""),
        "CommitSchema": ("POST", f"{{name={_SCHEMA}}}:commit", "*"),
        "RollbackSchema": ("POST", f"{{name={_SCHEMA}}}:rollback", "*"),
        "DeleteSchemaRevision": ("DELETE", f"{{name={_SCHEMA}}}:deleteRevision", ""),
        "DeleteSchema": ("DELETE", f"{{name={_SCHEMA}}}", ""),
        "ValidateSchema": ("POST", "{parent=projects/*}/schemas:validate", "*"),
        "ValidateMessage": ("POST", "{parent=projects/*}/schemas:validateMessage", "*"),
    },
}
_GUARDED = (_TOPIC, _SUBSCRIPTION, _SNAPSHOT, _SCHEMA)
_IAM_RULES: dict[str, tuple[str, str, str]] = {
    "GetIamPolicy": ("GET", "getIamPolicy", ""),
    "SetIamPolicy": ("POST", "setIamPolicy", "*"),
    "TestIamPermissions": ("POST", "testIamPermissions", "*"),
}
_VARIABLE = re.compile(r"\{([a-z_.]+)=([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One way to call a method over HTTP. `field` is what the path gives.
    """

    service: str
    method: str
    verb: str
    template: str
    body: str

    def field(self) -> str:
        return self._variable()[1]

    def pattern(self) -> re.Pattern[str]:
        variable = self._variable()
        before, after = self.template.split(variable[0])
        # A colon begins the verb, unless another segment follows: old projects have
        # one in their name.
        named = variable[2].replace("*", "[^/]+")
        if not after.startswith("/"):
            named = re.sub(r"\[\^/\]\+$", "[^/:]+", named)
        return re.compile(f"{re.escape(before)}({named}){re.escape(after)}")

    def _variable(self) -> re.Match[str]:
        found = _VARIABLE.search(self.template)
        assert found, self.template
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """
    What a request means: the rule, and the resource name in its path.
    """

    rule: Rule
    name: str


def rules() -> Iterator[Rule]:
    """
    Every rule there is.
    """
    for service, methods in _RULES.items():
        for method, (verb, path, body) in methods.items():
            yield Rule(
                service=service,
                method=method,
                verb=verb,
                template=f"/v1/{path}",
                body=body,
            )
    for method, (verb, suffix, body) in _IAM_RULES.items():
        for resource in _GUARDED:
            yield Rule(
                service=IAM,
                method=method,
                verb=verb,
                template=f"/v1/{{resource={resource}}}:{suffix}",
                body=body,
            )


def find(verb: str, raw_path: str) -> Match | None:
    """
    What a request line with a path as it was sent asks for; None if nothing.
    """
    for rule, pattern in _COMPILED:
        found = pattern.fullmatch(raw_path) if rule.verb == verb else None
        if found:
            return Match(rule=rule, name=unquote(found[1]))
    return None


_COMPILED = [(rule, rule.pattern()) for rule in rules()]
