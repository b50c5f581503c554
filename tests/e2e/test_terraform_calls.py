"""
The calls that Terraform's google provider makes for storage and Pub/Sub resources.

The provider itself is on no package registry that tests may use, so these are its
calls as its source has them (hashicorp/terraform-provider-google, google/services,
read 2026-11): method, path, query, body, and what it needs of the answer.
"""

from collections.abc import Iterator

import pytest

from tests.e2e.terraform_provider import Provider
from tests.running_cloud import RunningCloud

STORAGE = "https://storage.googleapis.com/storage/v1/"
PUBSUB = "https://pubsub.googleapis.com/v1/"
PROJECT = "projects/dropbatch-local"


@pytest.fixture
def call(bare_cloud: RunningCloud) -> Iterator[Provider]:
    provider = Provider(bare_cloud)
    yield provider
    provider.close()


def test_google_storage_bucket_is_made_changed_and_destroyed(call: Provider) -> None:
    made = call(
        "POST",
        f"{STORAGE}b?project=dropbatch-local",
        {
            "name": "terraform-bucket",
            "location": "US-CENTRAL1",
            "storageClass": "STANDARD",
            "labels": {"goog-terraform-provisioned": "true"},
            "iamConfiguration": {
                "publicAccessPrevention": "enforced",
                "uniformBucketLevelAccess": {"enabled": True},
            },
            "lifecycle": {
                "rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}]
            },
            "softDeletePolicy": {"retentionDurationSeconds": "604800"},
            "versioning": {"enabled": True},
        },
    )
    read = call("GET", f"{STORAGE}b/terraform-bucket")

    # What a plan compares with the configuration: else each plan shows a change.
    assert read["id"] == made["id"] == "terraform-bucket"
    assert read["location"] == "US-CENTRAL1"
    assert read["storageClass"] == "STANDARD"
    assert read["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    assert read["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] is True
    assert read["lifecycle"]["rule"][0]["condition"] == {"age": 30}
    assert read["softDeletePolicy"]["retentionDurationSeconds"] == "604800"
    assert read["versioning"] == {"enabled": True}
    assert read["labels"] == {"goog-terraform-provisioned": "true"}
    assert read["projectNumber"].isdigit()
    assert read["selfLink"].endswith("/storage/v1/b/terraform-bucket")

    # A label that goes is sent as null.
    changed = call(
        "PATCH",
        f"{STORAGE}b/terraform-bucket",
        {"labels": {"team": "a", "goog-terraform-provisioned": None}},
    )
    assert changed["labels"] == {"team": "a"}

    # `force_destroy`: every generation, by its number, after a look for caches.
    call.upload("terraform-bucket", "one", b"1", {"bucket": "terraform-bucket"})
    call.upload("terraform-bucket", "one", b"2", {"bucket": "terraform-bucket"})
    call("DELETE", f"{STORAGE}b/terraform-bucket", status=409)
    listed = call("GET", f"{STORAGE}b/terraform-bucket/o?versions=true")
    caches = call("GET", f"{STORAGE}b/terraform-bucket/anywhereCaches/")
    assert len(listed["items"]) == 2
    assert "items" not in caches
    for item in listed["items"]:
        call(
            "DELETE",
            f"{STORAGE}b/terraform-bucket/o/one?generation={item['generation']}",
            status=204,
        )
    assert "items" not in call("GET", f"{STORAGE}b/terraform-bucket/o?versions=true")
    call("DELETE", f"{STORAGE}b/terraform-bucket", status=204)
    call("GET", f"{STORAGE}b/terraform-bucket", status=404)


def test_google_storage_bucket_object_is_uploaded_and_removed(call: Provider) -> None:
    call("POST", f"{STORAGE}b?project=dropbatch-local", {"name": "terraform-objects"})
    call.upload(
        "terraform-objects",
        "source.zip",
        b"content",
        {"bucket": "terraform-objects", "metadata": {"by": "terraform"}},
    )
    read = call("GET", f"{STORAGE}b/terraform-objects/o/source.zip")

    assert read["md5Hash"] == "mgNkuembtIDdJeHwKEyFVQ=="
    assert read["crc32c"]
    assert read["contentType"] == "text/plain; charset=utf-8"
    assert read["metadata"] == {"by": "terraform"}
    assert read["mediaLink"]
    assert read["name"] == "source.zip"

    call("DELETE", f"{STORAGE}b/terraform-objects/o/source.zip", status=204)
    call("GET", f"{STORAGE}b/terraform-objects/o/source.zip", status=404)


def test_google_storage_notification_tells_a_topic(call: Provider) -> None:
    call("POST", f"{STORAGE}b?project=dropbatch-local", {"name": "terraform-notices"})
    call("PUT", f"{PUBSUB}{PROJECT}/topics/terraform-notices", {})
    call(
        "PUT",
        f"{PUBSUB}{PROJECT}/subscriptions/terraform-notices",
        {"topic": f"{PROJECT}/topics/terraform-notices"},
    )
    agent = call("GET", f"{STORAGE}{PROJECT}/serviceAccount")
    assert agent["email_address"].endswith(
        "@gs-project-accounts.iam.gserviceaccount.com"
    )

    topic = f"//pubsub.googleapis.com/{PROJECT}/topics/terraform-notices"
    configs = f"{STORAGE}b/terraform-notices/notificationConfigs"
    made = call(
        "POST",
        configs,
        {
            "topic": topic,
            "payload_format": "JSON_API_V1",
            "event_types": ["OBJECT_FINALIZE"],
            "object_name_prefix": "in/",
            "custom_attributes": {"made-by": "terraform"},
        },
    )
    read = call("GET", f"{configs}/{made['id']}")
    assert read["topic"] == topic
    assert read["payload_format"] == "JSON_API_V1"
    assert read["event_types"] == ["OBJECT_FINALIZE"]
    assert read["object_name_prefix"] == "in/"
    assert read["custom_attributes"] == {"made-by": "terraform"}
    assert read["selfLink"].endswith(f"/notificationConfigs/{made['id']}")

    for name in ("out/b", "in/a"):
        call.upload("terraform-notices", name.replace("/", "%2F"), b"x", {})
    pulled = call(
        "POST",
        f"{PUBSUB}{PROJECT}/subscriptions/terraform-notices:pull",
        {"maxMessages": 10},
    )
    (received,) = pulled["receivedMessages"]
    attributes = received["message"]["attributes"]
    assert attributes["eventType"] == "OBJECT_FINALIZE"
    assert attributes["objectId"] == "in/a"
    assert attributes["made-by"] == "terraform"

    call("DELETE", f"{configs}/{made['id']}", status=204)
    call("GET", f"{configs}/{made['id']}", status=404)


def test_google_pubsub_topic_is_made_changed_and_destroyed(call: Provider) -> None:
    name = f"{PROJECT}/topics/terraform-topic"
    call("GET", PUBSUB + name, status=404)
    call("PUT", PUBSUB + name, {"labels": {"goog-terraform-provisioned": "true"}})
    assert call("GET", PUBSUB + name)["name"] == name
    call(
        "PATCH",
        f"{PUBSUB}{name}?updateMask=labels%2CmessageRetentionDuration",
        {
            "topic": {
                "name": name,
                "labels": {"team": "a"},
                "messageRetentionDuration": "86400s",
            }
        },
    )
    read = call("GET", PUBSUB + name)
    assert read["labels"] == {"team": "a"}
    assert read["messageRetentionDuration"] == "86400s"
    call("PUT", PUBSUB + name, {}, status=409)
    call("DELETE", PUBSUB + name)
    call("GET", PUBSUB + name, status=404)


def test_google_pubsub_subscription_is_made_changed_and_destroyed(
    call: Provider,
) -> None:
    topic = f"{PROJECT}/topics/terraform-subscribed"
    name = f"{PROJECT}/subscriptions/terraform-subscription"
    call("PUT", PUBSUB + topic, {})
    call("PUT", f"{PUBSUB}{topic}-dead", {})
    asked = {
        "topic": topic,
        "ackDeadlineSeconds": 60,
        "messageRetentionDuration": "86400s",
        "retainAckedMessages": False,
        "expirationPolicy": {"ttl": ""},
        "filter": 'attributes.kind = "completed"',
        "enableMessageOrdering": True,
        "retryPolicy": {"minimumBackoff": "10s", "maximumBackoff": "600s"},
        "deadLetterPolicy": {
            "deadLetterTopic": f"{topic}-dead",
            "maxDeliveryAttempts": 5,
        },
        "labels": {"goog-terraform-provisioned": "true"},
    }
    # An empty ttl is left out: it never expires.
    call("PUT", PUBSUB + name, asked | {"expirationPolicy": {}})
    read = call("GET", PUBSUB + name)

    for field in ("topic", "filter", "retryPolicy", "deadLetterPolicy", "labels"):
        assert read[field] == asked[field], field
    assert read["ackDeadlineSeconds"] == 60
    assert read["messageRetentionDuration"] == "86400s"
    assert read["enableMessageOrdering"] is True
    assert read["expirationPolicy"] == {}

    call(
        "PATCH",
        f"{PUBSUB}{name}?updateMask=ackDeadlineSeconds%2Clabels",
        {"subscription": {"ackDeadlineSeconds": 30, "labels": {"team": "a"}}},
    )
    read = call("GET", PUBSUB + name)
    assert (read["ackDeadlineSeconds"], read["labels"]) == (30, {"team": "a"})
    call("DELETE", PUBSUB + name)
    call("GET", PUBSUB + name, status=404)
