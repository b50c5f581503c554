"""
A scenario file, for unchanged clients of three services.
"""

import json
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.faulty_cloud import ask, batch, dropbatch, injected, jobs
from tests.running_cloud import RunningCloud, running_cloud

SCENARIO = """
seed = 3
[knobs]
default_page_size = 1
[[faults]]
name = "create-quota"
calls = [1]
[[faults]]
service = "storage"
method = "storage.objects.insert"
resource = "/objects/broken$"
error = { code = 503, message = "as told" }
times = 1
[[faults]]
name = "publish-lost"
[[faults]]
service = "pubsub"
method = "CreateTopic"
cut = true
times = 1
"""

_STORAGE = """
import json, sys
from google.cloud import storage
bucket = storage.Client().create_bucket(sys.argv[1])
statuses = []
client = bucket.client._http
send = client.send
def noting(request, **more):
    answer = send(request, **more)
    statuses.append(answer.status_code)
    return answer
client.send = noting
bucket.blob("broken").upload_from_string("content")
print(json.dumps([statuses, bucket.blob("broken").download_as_text()]))
"""

_PUBSUB = """
import json, sys
from google.cloud import pubsub_v1
project = "projects/dropbatch-local"
topic = f"{project}/topics/{sys.argv[1]}"
subscription = f"{project}/subscriptions/{sys.argv[1]}"
publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
try:
    publisher.create_topic(name=topic, retry=None)
    cut = "none"
except Exception as error:
    cut = type(error).__name__
publisher.create_topic(name=topic)
subscriber.create_subscription(name=subscription, topic=topic)
publisher.publish(topic, b"once").result(timeout=30)
ids = set()
while len(ids) < 2:
    got = subscriber.pull(subscription=subscription, max_messages=5, timeout=10)
    ids |= {each.message.message_id for each in got.received_messages}
print(json.dumps([cut, len(ids)]))
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """
    A bare cloud that was started with a scenario file and a knob.
    """
    folder = tmp_path_factory.mktemp("scenario")
    path = folder / "scenario.toml"
    path.write_text(SCENARIO)
    given = ("--bare", "--scenario", str(path), "--knob", "shuffle=false")
    with running_cloud(folder / "data", *given) as running:
        yield running


def test_a_scenario_is_in_force_from_the_first_call(scenario: RunningCloud) -> None:
    """
    Faults of three services befall unchanged clients, each as often as it was told.
    """
    statuses, content = scenario.python(_STORAGE, "scenario-storage")
    assert (statuses, content) == ([503, 200, 200], "content")
    assert scenario.python(_PUBSUB, "scenario-pubsub") == ["ServiceUnavailable", 2]
    codes = [
        ask(scenario, "POST", jobs(scenario), json=batch("scenario-storage"))
        for _ in range(3)
    ]
    assert [answer.status_code for answer in codes] == [429, 200, 200]
    page = ask(scenario, "GET", jobs(scenario)).json()
    assert len(page["batchPredictionJobs"]) == 1

    found = injected(scenario)
    assert [each["service"] for each in found] == [
        "storage",
        "pubsub",
        "pubsub",
        "vertex",
    ]
    assert found[0]["resource"].endswith("scenario-storage/objects/broken")
    log = (scenario.folder / "logs" / "faults.log").read_text().splitlines()
    assert [json.loads(line) for line in log] == [
        {"event": "fault_injected"} | each for each in found
    ]


def test_pubsub_over_rest_meets_the_same_faults(scenario: RunningCloud) -> None:
    url = f"https://pubsub.googleapis.com/v1/projects/{scenario.told['project']}/topics"
    add = ("faults", "add", "--rule")
    rule = {"service": "pubsub", "method": "ListTopics", "times": 1}
    dropbatch(scenario, *add, json.dumps({**rule, "error": {"code": 429}}))
    refused = ask(scenario, "GET", url)
    assert refused.status_code == 429
    assert refused.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    dropbatch(scenario, *add, json.dumps({**rule, "cut": True}))
    with pytest.raises(requests.ConnectionError):
        ask(scenario, "GET", url)
    assert ask(scenario, "GET", url).status_code == 200
