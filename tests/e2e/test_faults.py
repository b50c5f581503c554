"""
Faults as a user has them: from a file, a command or a call, and for unchanged clients.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.running_cloud import DROPBATCH, RunningCloud, running_cloud

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


def ask(cloud: RunningCloud, method: str, url: str, **more: Any) -> requests.Response:
    """
    A request through the door.
    """
    variables = cloud.told["variables"]
    return requests.request(
        method,
        url,
        headers={"Authorization": cloud.bearer},
        proxies={"https": variables["HTTPS_PROXY"]},
        verify=variables["REQUESTS_CA_BUNDLE"],
        timeout=30,
        **more,
    )


def jobs(cloud: RunningCloud) -> str:
    location = f"projects/{cloud.told['project']}/locations/us-central1"
    host = "us-central1-aiplatform.googleapis.com"
    return f"https://{host}/v1/{location}/batchPredictionJobs"


def dropbatch(
    cloud: RunningCloud, *arguments: str, code: int = 0
) -> "subprocess.CompletedProcess[str]":
    command = [DROPBATCH, *arguments, "--data", str(cloud.folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == code, done.stderr
    return done


def injected(cloud: RunningCloud) -> list[dict[str, Any]]:
    told = json.loads(dropbatch(cloud, "faults", "injected", "--json").stdout)
    found: list[dict[str, Any]] = told["injected"]
    return found


def test_a_scenario_is_in_force_from_the_first_call(scenario: RunningCloud) -> None:
    """
    Faults of three services befall unchanged clients, each as often as it was told.
    """
    statuses, content = scenario.python(_STORAGE, "scenario-storage")
    assert (statuses, content) == ([503, 200, 200], "content")
    assert scenario.python(_PUBSUB, "scenario-pubsub") == ["ServiceUnavailable", 2]
    body = {
        "displayName": "refused",
        "model": "publishers/google/models/gemini-2.5-flash",
        "inputConfig": {
            "instancesFormat": "jsonl",
            "gcsSource": {"uris": ["gs://scenario-storage/none.jsonl"]},
        },
        "outputConfig": {
            "predictionsFormat": "jsonl",
            "gcsDestination": {"outputUriPrefix": "gs://scenario-storage/out"},
        },
    }
    codes = [ask(scenario, "POST", jobs(scenario), json=body) for _ in range(3)]
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


def test_the_command_adds_shows_and_clears(bare_cloud: RunningCloud) -> None:
    dropbatch(bare_cloud, "faults", "clear")
    before = len(injected(bare_cloud))
    shown = dropbatch(bare_cloud, "faults", "list").stdout
    assert shown.startswith("No fault is on.")
    assert "create-quota" in shown

    added = dropbatch(bare_cloud, "faults", "add", "list-unavailable", "times=1").stdout
    assert "list-unavailable: vertex ListBatchPredictionJobs" in added
    assert "* list-unavailable" in dropbatch(bare_cloud, "faults", "list").stdout
    codes = [ask(bare_cloud, "GET", jobs(bare_cloud)).status_code for _ in range(2)]
    assert codes == [503, 200]
    (noted,) = injected(bare_cloud)[before:]
    assert noted["name"] == "list-unavailable"
    assert "list-unavailable" in dropbatch(bare_cloud, "faults", "injected").stdout

    told = json.loads(dropbatch(bare_cloud, "faults", "list", "--json").stdout)
    assert [rule["befell"] for rule in told["rules"]] == [1]
    dropbatch(bare_cloud, "faults", "clear", "list-unavailable")
    told = json.loads(dropbatch(bare_cloud, "faults", "list", "--json").stdout)
    assert told["rules"] == []


def test_the_command_takes_the_faults_of_a_file(
    bare_cloud: RunningCloud, tmp_path: Path
) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps({"faults": [{"name": "paused", "display_name": "no"}]}))
    added = dropbatch(bare_cloud, "faults", "add", "--file", str(path)).stdout
    assert "paused: vertex RunBatchPredictionJob" in added
    dropbatch(bare_cloud, "faults", "clear", "paused")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "pausd"), 1, "did you mean 'paused'"),
        (("add", "paused", "times=0"), 1, "`times` can't be 0"),
        (("add", "paused", "times"), 2, "'times' is no FIELD=VALUE"),
        (("add",), 2, "which fault?"),
        (("add", "paused", "--rule", "{}"), 2, "which fault?"),
        (("add", "--rule", "{"), 1, "--rule is no JSON"),
        (("add", "events-late"), 1, "start it without --bare"),
        (("clear", "nobody"), 1, "'nobody'"),
    ],
)
def test_the_command_says_what_is_wrong(
    bare_cloud: RunningCloud, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = dropbatch(bare_cloud, "faults", *arguments, code=code)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--knob", "shufle=1"), "there is no knob 'shufle'"),
        (("--knob", "shuffle"), "write NAME=VALUE"),
        (("--scenario", "none.toml"), "none.toml"),
    ],
)
def test_a_cloud_that_is_told_nonsense_does_not_start(
    tmp_path: Path, given: tuple[str, ...], told: str
) -> None:
    command = [DROPBATCH, "local", "--data", str(tmp_path / "data"), *given]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_nobody_sets_faults_through_the_door(bare_cloud: RunningCloud) -> None:
    for host in ("storage.googleapis.com", "us-central1-aiplatform.googleapis.com"):
        for name in (host, "127.0.0.1"):
            answer = requests.post(
                f"https://{host}/admin/faults",
                json={"cut": True},
                headers={"Authorization": bare_cloud.bearer, "Host": name},
                proxies={"https": bare_cloud.told["variables"]["HTTPS_PROXY"]},
                verify=bare_cloud.told["variables"]["REQUESTS_CA_BUNDLE"],
                timeout=10,
            )
            assert answer.status_code >= 400
    told = json.loads(dropbatch(bare_cloud, "faults", "list", "--json").stdout)
    assert told["rules"] == []


def test_vertex_ai_reads_and_writes_on_past_the_faults_of_storage(
    bare_cloud: RunningCloud,
) -> None:
    """
    What befalls clients of storage does not befall the service's own way to it.
    """
    done = bare_cloud.python(_JOB, "past-faults", bare_cloud.told["admin"], timeout=60)
    assert done == "JOB_STATE_SUCCEEDED"


_JOB = """
import json, sys, time, urllib.request
from google import genai
from google.cloud import storage
name, admin = sys.argv[1:]
bucket = storage.Client().create_bucket(name)
row = {"request": {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}}
bucket.blob("in.jsonl").upload_from_string(json.dumps(row))
def faults(method, body=None):
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(f"{admin}/admin/faults", data, method=method))
faults("POST", {"name": "storage-unavailable"})
client = genai.Client(vertexai=True, location="us-central1")
job = client.batches.create(
    model="gemini-2.5-flash", src=f"gs://{name}/in.jsonl",
    config={"dest": f"gs://{name}/out"},
)
while not job.done:
    time.sleep(0.1)
    job = client.batches.get(name=job.name)
faults("DELETE")
print(json.dumps(job.state.name))
"""
