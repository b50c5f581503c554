"""
Storage and Pub/Sub by Google's own clients, and what is no host of Google's.

Each script runs in a process of its own that has nothing but the door's variables.
"""

from tests import needs
from tests.running_cloud import RunningCloud

_STORAGE = """
import json, sys
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage

bucket = storage.Client().create_bucket(sys.argv[1])
large = bytes(range(256)) * 40_000
blob = bucket.blob("folder/large ü#?.bin", chunk_size=1024 * 1024)
blob.upload_from_string(large)
bucket.blob("folder/small").upload_from_string("small", if_generation_match=0)
try:
    bucket.blob("folder/small").upload_from_string("again", if_generation_match=0)
    refused = False
except PreconditionFailed:
    refused = True
copy = bucket.copy_blob(bucket.blob("folder/small"), bucket, "copied")
print(json.dumps({
    "listed": [each.name for each in bucket.list_blobs(prefix="folder/")],
    "same": bucket.blob("folder/large ü#?.bin").download_as_bytes() == large,
    "part": bucket.blob("folder/small").download_as_bytes(start=1, end=2).decode(),
    "refused": refused,
    "copied": copy.download_as_text(),
}))
"""

_PUBSUB = """
import json, sys, threading
from google.cloud import pubsub_v1

name = sys.argv[1]
publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
topic = f"projects/dropbatch-local/topics/{name}"
subscription = f"projects/dropbatch-local/subscriptions/{name}"
publisher.create_topic(name=topic)
subscriber.create_subscription(name=subscription, topic=topic)
received, enough = [], threading.Event()

def take(message):
    received.append((message.data.decode(), dict(message.attributes)))
    message.ack()
    if len(received) == 20:
        enough.set()

pulling = subscriber.subscribe(subscription, take)
for number in range(20):
    publisher.publish(topic, str(number).encode(), kind="test").result(timeout=20)
enough.wait(30)
pulling.cancel()
pulling.result(timeout=20)
print(json.dumps(sorted(int(data) for data, attributes in received
                        if attributes == {"kind": "test"})))
"""

_REFUSED = """
import json, urllib.request
import requests

told = {}
try:
    requests.get("https://example.com/", timeout=10)
except requests.exceptions.ProxyError as error:
    told["requests"] = str(error)
told["plain"] = requests.get("http://example.com/", timeout=10).status_code
try:
    urllib.request.urlopen("https://example.com/", timeout=10)
except OSError as error:
    told["urllib"] = str(error)
print(json.dumps(told))
"""


def test_the_storage_client_stores_lists_and_reads(bare_cloud: RunningCloud) -> None:
    told = bare_cloud.python(_STORAGE, "storage-client")

    assert told == {
        "listed": ["folder/large ü#?.bin", "folder/small"],
        "same": True,
        "part": "ma",
        "refused": True,
        "copied": "small",
    }


def test_the_pubsub_client_publishes_and_streams(bare_cloud: RunningCloud) -> None:
    assert bare_cloud.python(_PUBSUB, "pubsub-client") == list(range(20))


def test_a_host_that_is_not_googles_is_refused(bare_cloud: RunningCloud) -> None:
    told = bare_cloud.python(_REFUSED)

    assert "403" in told["requests"]
    assert "403" in told["urllib"]
    assert told["plain"] == 403

    refused = bare_cloud.run(
        needs.program("curl"), "-sS", "--max-time", "10", "https://example.com/"
    )
    assert refused.returncode != 0
    assert "403" in refused.stderr
