"""
Soft delete and notifications through the door, by Google's clients and by gcloud.
"""

import json
import signal
from pathlib import Path

from tests import needs
from tests.running_cloud import RunningCloud, running_cloud

_SET_UP = """
import json, sys
from google.cloud import pubsub_v1, storage

name = sys.argv[1]
topic = f"projects/dropbatch-local/topics/{name}"
pubsub_v1.PublisherClient().create_topic(name=topic)
pubsub_v1.SubscriberClient().create_subscription(
    name=f"projects/dropbatch-local/subscriptions/{name}", topic=topic)
bucket = storage.Client().create_bucket(name)
bucket.notification(topic_name=name, payload_format="JSON_API_V1").create()
print("null")
"""

_WRITE = """
import json, sys
from google.cloud import storage

bucket = storage.Client().bucket(sys.argv[1])
for number in range(int(sys.argv[2])):
    bucket.blob(f"o{number}").upload_from_string("x")
print("null")
"""

_HEAR = """
import json, sys
from google.cloud import pubsub_v1

name, count = sys.argv[1], int(sys.argv[2])
subscription = f"projects/dropbatch-local/subscriptions/{name}"
client, heard = pubsub_v1.SubscriberClient(), {}
while len(heard) < count:
    reply = client.pull(subscription=subscription, max_messages=100, timeout=30)
    for each in reply.received_messages:
        attributes = dict(each.message.attributes)
        data = json.loads(each.message.data)
        heard[attributes["objectId"]] = [attributes["eventType"], data["size"]]
    if reply.received_messages:
        client.acknowledge(subscription=subscription,
            ack_ids=[each.ack_id for each in reply.received_messages])
print(json.dumps(heard))
"""


def test_a_subscriber_hears_of_an_upload(bare_cloud: RunningCloud) -> None:
    bare_cloud.python(_SET_UP, "notices-heard")
    bare_cloud.python(_WRITE, "notices-heard", "2")
    heard = bare_cloud.python(_HEAR, "notices-heard", "2")
    assert heard == {"o0": ["OBJECT_FINALIZE", "1"], "o1": ["OBJECT_FINALIZE", "1"]}


def test_no_notice_is_lost_by_a_kill(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "data", "--bare") as cloud:
        cloud.python(_SET_UP, "notices-kept")
        cloud.python(_WRITE, "notices-kept", "20")
        cloud.stop(signal.SIGKILL)
    with running_cloud(tmp_path / "data", "--bare") as cloud:
        heard = cloud.python(_HEAR, "notices-kept", "20")
        assert set(heard) == {f"o{number}" for number in range(20)}


def test_gcloud_restores_and_makes_notifications(
    bare_cloud: RunningCloud, tmp_path: Path
) -> None:
    gcloud = needs.program("gcloud")
    name = "notices-gcloud"
    bare_cloud.python(_SET_UP, name)
    bare_cloud.python(_WRITE, name, "1")

    def storage(*command: str) -> str:
        done = bare_cloud.run(gcloud, "storage", *command, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    storage("rm", f"gs://{name}/o0")
    assert f"gs://{name}/o0#" in storage("ls", "--soft-deleted", f"gs://{name}/**")
    storage("restore", f"gs://{name}/o0")
    assert storage("cat", f"gs://{name}/o0") == "x"
    storage(
        *("buckets", "notifications", "create", f"gs://{name}", f"--topic={name}"),
        *("--skip-topic-setup", "--event-types=OBJECT_DELETE"),
    )
    listed = json.loads(
        storage("buckets", "notifications", "list", f"gs://{name}", "--format=json")
    )
    configs = [each["Notification Configuration"] for each in listed]
    assert [each.get("event_types") for each in configs] == [None, ["OBJECT_DELETE"]]
