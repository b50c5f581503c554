"""
Pub/Sub from the command line, and pushes that a receiver can check: through the door.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import needs
from tests.contract.push_endpoint import Endpoint, push_endpoint
from tests.running_cloud import RunningCloud

PROJECT = "projects/dropbatch-local"

_PUSHED = """
import json, sys
from google.auth.transport.requests import Request
from google.cloud import pubsub_v1
from google.oauth2 import id_token

if sys.argv[1] == "verify":
    claims = id_token.verify_oauth2_token(sys.argv[2], Request(), sys.argv[3])
    print(json.dumps(claims))
else:
    name, endpoint = sys.argv[2:]
    publisher = pubsub_v1.PublisherClient(transport="rest")
    subscriber = pubsub_v1.SubscriberClient(transport="rest")
    topic = f"projects/dropbatch-local/topics/{name}"
    publisher.create_topic(name=topic)
    made = subscriber.create_subscription({
        "name": f"projects/dropbatch-local/subscriptions/{name}",
        "topic": topic,
        "push_config": {
            "push_endpoint": endpoint,
            "oidc_token": {"service_account_email": "pusher@example.com"},
        },
    })
    publisher.publish(topic, b"pushed", kind="test").result(timeout=20)
    print(json.dumps(made.state.name))
"""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with push_endpoint() as running:
        yield running


def test_a_receiver_can_check_who_pushes(
    bare_cloud: RunningCloud, endpoint: Endpoint
) -> None:
    """
    With Google's verifier, which reads Google's public keys: here, through the door.
    All calls are made by the client library over REST.
    """
    made = bare_cloud.python(_PUSHED, "push", "checked-push", endpoint.url)

    (pushed,) = endpoint.wait_for(1)
    kind, _, token = pushed.headers["authorization"].partition(" ")
    claims = bare_cloud.python(_PUSHED, "verify", token, endpoint.url)

    assert (made, kind) == ("ACTIVE", "Bearer")
    assert claims["email"] == "pusher@example.com"
    assert claims["iss"] == "https://accounts.google.com"
    assert pushed.message["attributes"]["kind"] == "test"


def test_gcloud_does_what_people_do_with_it(
    bare_cloud: RunningCloud, endpoint: Endpoint
) -> None:
    run = _gcloud(bare_cloud)
    topic, subscription = "gcloud-topic", "gcloud-subscription"

    run("topics", "create", topic)
    run("subscriptions", "create", subscription, f"--topic={topic}")
    published = run("topics", "publish", topic, "--message=hello", "--attribute=a=b")
    pulled = run("subscriptions", "pull", subscription, "--auto-ack")
    run("subscriptions", "update", subscription, "--ack-deadline=60")
    run(
        *("subscriptions", "modify-push-config", subscription),
        f"--push-endpoint={endpoint.url}",
    )
    with ThreadPoolExecutor(2) as pool:
        shown = pool.submit(run, "subscriptions", "describe", subscription)
        listed = pool.submit(run, "topics", "list")
        run("topics", "publish", topic, "--message=pushed")
    with ThreadPoolExecutor(2) as pool:
        deleted = [
            pool.submit(run, what, "delete", name)
            for what, name in (("subscriptions", subscription), ("topics", topic))
        ]
    for done in deleted:
        done.result()

    (received,) = pulled
    assert [received["message"]["messageId"]] == published["messageIds"]
    assert received["message"]["attributes"] == {"a": "b"}
    assert received["message"]["data"] == "aGVsbG8="
    assert received["ackStatus"] == "SUCCESS"
    assert shown.result()["ackDeadlineSeconds"] == 60
    assert shown.result()["pushConfig"]["pushEndpoint"] == endpoint.url
    assert f"{PROJECT}/topics/{topic}" in [each["name"] for each in listed.result()]
    assert endpoint.wait_for(1)[0].message["data"] == "cHVzaGVk"


def _gcloud(cloud: RunningCloud) -> Callable[..., Any]:
    gcloud = needs.program("gcloud")

    def run(*command: str) -> Any:
        whole = (gcloud, "--quiet", "pubsub", *command, "--format=json")
        done = cloud.run(*whole, timeout=120)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return json.loads(done.stdout or "null")

    return run
