"""
What the fixtures do to the process that they run in, and what tests share by them.
"""

from tests.plugin.other_project import OtherProject

# Each project's tests run in the order in which they stand.
ENVIRONMENT = """
import os
import subprocess
import sys

import psutil
import pytest
from google.cloud import storage

# A project may have modules that are called as ours are.
import shared

NAMES = ("HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "GOOGLE_CLOUD_PROJECT")
BEFORE = dict(os.environ)


@pytest.fixture(scope="module")
def of_module(localcloud):
    name = localcloud.new_bucket("module")
    yield name
    # The last test of the module does not use the local cloud.
    storage.Client().bucket(name).delete()
    os.environ["TORN_DOWN"] = "in the local cloud"


@pytest.fixture
def of_test(of_module):
    return of_module


def unchanged():
    return all(
        os.environ.get(name) == BEFORE.get(name)
        for name in {*os.environ, *BEFORE} - {"PYTEST_CURRENT_TEST", "TORN_DOWN"}
    )


def test_before():
    assert unchanged()
    assert psutil.Process().children(recursive=True) == []


def test_with(localcloud):
    assert os.environ["GOOGLE_CLOUD_PROJECT"] == localcloud.project
    assert "STORAGE_EMULATOR_HOST" not in os.environ
    assert localcloud.variables.items() <= os.environ.items()


def test_between(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")


def test_through_another_fixture(of_test, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.undo()
    assert [each.name for each in storage.Client().list_buckets()] == [of_test]
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")


def test_by_hand(request):
    localcloud = request.getfixturevalue("localcloud")
    assert unchanged()
    with localcloud.entered():
        assert os.environ["GOOGLE_CLOUD_PROJECT"] == localcloud.project
    assert unchanged()


def test_a_program(localcloud):
    script = "import os, sys; print(os.environ['WORD'], sys.stdin.read()); sys.exit(3)"
    done = localcloud.run(
        sys.executable, "-c", script, input="in", env={"WORD": "a"}, check=False
    )
    assert (done.stdout, done.returncode) == ("a in\\n", 3)
    with pytest.raises(subprocess.CalledProcessError, match="a word too many"):
        localcloud.run(sys.executable, "-c", "raise SystemExit('a word too many')")
    with pytest.raises(subprocess.TimeoutExpired):
        localcloud.run("sleep", "20", timeout=0.1)


def test_after():
    assert unchanged()
"""
AFTER_IT = """
import os


def test_another_module():
    assert os.environ["TORN_DOWN"] == "in the local cloud"
    assert "dropbatch" not in os.environ.get("GOOGLE_CLOUD_PROJECT", "")
"""

SHARING = """
import json

from google import genai
from google.cloud import pubsub_v1, storage

SEEN = []


def jobs_of(location):
    client = genai.Client(vertexai=True, location=location)
    return [job.name for job in client.batches.list()]


def test_a_bucket_of_its_own(localcloud_bucket):
    SEEN.append(localcloud_bucket)
    blob = storage.Client().bucket(localcloud_bucket).blob("a/b c.txt")
    blob.upload_from_string("one")
    blob.upload_from_string("two")


def test_another_bucket(localcloud_bucket):
    names = [each.name for each in storage.Client().list_buckets()]
    assert names == [localcloud_bucket]
    assert localcloud_bucket not in SEEN


def test_faults_end_with_their_test(localcloud):
    localcloud.faults.add("results-not-writable", times=1)
    (rule,) = localcloud.faults.rules
    assert rule["name"] == "results-not-writable"
    assert "create-quota" in localcloud.faults.catalogue


def test_no_fault_is_left(localcloud):
    assert localcloud.faults.rules == []
    ids = localcloud.faults.add({"service": "storage"}, delay_seconds=0.01)
    ids += localcloud.faults.add([{"service": "pubsub"}], delay_seconds=0.01)
    localcloud.faults.clear(ids[0])
    assert [each["id"] for each in localcloud.faults.rules] == ids[1:]


def test_everything_is_made(localcloud):
    publisher = pubsub_v1.PublisherClient()
    topic = f"projects/{localcloud.project}/topics/left"
    publisher.create_topic(name=topic)
    with pubsub_v1.SubscriberClient() as subscriber:
        subscription = f"projects/{localcloud.project}/subscriptions/left"
        subscriber.create_subscription(name=subscription, topic=topic)
    bucket = localcloud.new_bucket("left")
    row = {"request": {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}}
    blob = storage.Client().bucket(bucket).blob("in.jsonl")
    blob.upload_from_string(json.dumps(row))
    for location in ("us-central1", "global"):
        client = genai.Client(vertexai=True, location=location)
        client.batches.create(
            model="gemini-2.5-flash",
            src=f"gs://{bucket}/in.jsonl",
            config={"dest": f"gs://{bucket}/out"},
        )
        assert len(jobs_of(location)) == 1
    localcloud.faults.add("system-error")

    localcloud.reset()

    assert list(storage.Client().list_buckets()) == []
    assert list(publisher.list_topics(project=f"projects/{localcloud.project}")) == []
    assert jobs_of("us-central1") == jobs_of("global") == []
    assert localcloud.faults.rules == []


def test_a_reset_cloud_goes_on(localcloud_bucket):
    storage.Client().bucket(localcloud_bucket).blob("a").upload_from_string("b")
"""

OPTIONS = """
from google.cloud import pubsub_v1, storage

MINE = "projects/my-own-project/topics/mine"


def test_the_scenario_is_played(localcloud):
    (rule,) = localcloud.faults.rules
    assert rule["name"] == "create-quota"


def test_one(localcloud):
    localcloud.new_bucket()


def test_it_is_empty_again(localcloud):
    assert list(storage.Client().list_buckets()) == []
    bucket = storage.Client(project="my-own-project").create_bucket("in-my-own")
    assert bucket.exists()
    with pubsub_v1.PublisherClient() as publisher:
        publisher.create_topic(name=MINE)
    localcloud.faults.add("system-error")


def test_other_projects_are_empty_again_and_the_scenario_begins_anew(localcloud):
    assert list(storage.Client(project="my-own-project").list_buckets()) == []
    with pubsub_v1.PublisherClient() as publisher:
        found = publisher.list_topics(project="projects/my-own-project")
        assert list(found) == []
    (rule,) = localcloud.faults.rules
    assert rule["name"] == "create-quota"
"""
INI = """
[pytest]
localcloud_reset = true
localcloud_scenario = config/scenario.toml
localcloud_project = my-own-project another-project
"""
SCENARIO = """
[[faults]]
name = "create-quota"
"""


def test_the_environment_is_that_of_tests_which_use_it(project: OtherProject) -> None:
    project.write("shared.py", "raise_nothing = True\n")
    project.write("test_environment.py", ENVIRONMENT)
    project.write("test_later.py", AFTER_IT)
    project.environment["STORAGE_EMULATOR_HOST"] = "http://127.0.0.1:9"

    outcome = project.pytest()

    assert outcome.counts() == {"passed": 8}, outcome.text


def test_tests_share_what_they_want_to_share(project: OtherProject) -> None:
    project.write("test_sharing.py", SHARING)

    outcome = project.pytest()

    assert outcome.counts() == {"passed": 6}, outcome.text


def test_a_project_says_in_its_files_what_it_needs(project: OtherProject) -> None:
    (project.folder / "config").mkdir()
    project.write("config/scenario.toml", SCENARIO)
    project.write("pytest.ini", INI)
    project.write("test_options.py", OPTIONS)

    outcome = project.pytest()

    assert outcome.counts() == {"passed": 4}, outcome.text
