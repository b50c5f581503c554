"""
The HTTP rules, held to those that Google's own client library was generated from.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.pubsub_v1.services.publisher.transports import rest_base as publisher
from google.pubsub_v1.services.schema_service.transports import rest_base as schemas
from google.pubsub_v1.services.subscriber.transports import rest_base as subscriber

from localcloud.pubsub.rest.rules import find, rules
from localcloud.pubsub.service.methods import SERVICES, requests_of

LIBRARY = {
    "google.pubsub.v1.Publisher": publisher._BasePublisherRestTransport,
    "google.pubsub.v1.Subscriber": subscriber._BaseSubscriberRestTransport,
    "google.pubsub.v1.SchemaService": schemas._BaseSchemaServiceRestTransport,
}


def theirs() -> Iterator[tuple[str, str, str, str, str]]:
    for service, transport in LIBRARY.items():
        for name, call in vars(transport).items():
            if name.startswith("_Base") and hasattr(call, "_get_http_options"):
                method = name.removeprefix("_Base")
                iam = "Iam" in method
                for option in call._get_http_options():
                    yield (
                        "google.iam.v1.IAMPolicy" if iam else service,
                        method,
                        option["method"].upper(),
                        option["uri"],
                        option.get("body", ""),
                    )


def test_the_rules_are_those_of_googles_library() -> None:
    ours = {
        (each.service, each.method, each.verb, each.template, each.body)
        for each in rules()
    }
    assert ours == set(theirs())


def test_every_call_of_grpc_has_its_rule() -> None:
    assert {(each.service, each.method) for each in rules()} == {
        (service, method) for service in SERVICES for method in requests_of(service)
    }


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule.method)
def test_every_rule_finds_itself(rule: Any) -> None:
    """
    With a project of the old kind, which has a colon, and an escaped name.
    """
    path = re.sub(r"\{[^=]+=([^}]+)\}", r"\1", rule.template)
    path = path.replace("projects/*", "projects/example.com:old")
    found = find(rule.verb, path.replace("*", "a%2Bb"))

    assert found is not None
    assert (found.rule.service, found.rule.method) == (rule.service, rule.method)
    assert "%" not in found.name


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/v1/projects/p/topics/t:publish"),
        ("POST", "/v1/projects/p/topics/t"),
        ("POST", "/v1/projects/p/topics/t:other"),
        ("GET", "/v1/projects/p/topics/a/b"),
        ("GET", "/v1/projects//topics/t"),
        ("GET", "/v2/projects/p/topics/t"),
        ("GET", "/v1/projects/p"),
        ("GET", "/"),
        ("PURGE", "/v1/projects/p/topics/t"),
    ],
    ids=str,
)
def test_nothing_else_is_a_call(asked: tuple[str, str]) -> None:
    assert find(*asked) is None
