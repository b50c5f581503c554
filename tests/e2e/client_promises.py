"""
What the local cloud promises to Google's clients in every language.

The programs under tests/clients make the calls, all of a language in one process that
has nothing but the door's variables, and report what they saw; a language's tests
inherit the promises of each of its clients.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.running_cloud import RunningCloud

Section = dict[str, Any]

_SECONDS = 240


def reports(cloud: RunningCloud, *command: str) -> dict[str, Section]:
    """
    Run a language's program; return what each of its clients saw.
    """
    done = cloud.run(*command, timeout=_SECONDS)
    assert done.returncode == 0, done.stderr
    told: dict[str, Section] = json.loads(done.stdout)
    return told


def section(told: Mapping[str, Section], name: str) -> Section:
    """
    Return what one client saw; fail with its error if it failed.
    """
    assert "error" not in told[name], told[name]["error"]
    return told[name]


class BatchJobPromises:
    """
    JobServiceClient over gRPC, unless said otherwise, at one location (`jobs`).
    """

    @pytest.fixture
    def jobs(self, told: dict[str, Section], location: str) -> Section:
        return section(told, f"jobs grpc {location}")

    def test_a_job_begins_pending_and_succeeds(self, jobs: Section) -> None:
        assert jobs["created"] == "JOB_STATE_PENDING"
        assert jobs["ended"] == "JOB_STATE_SUCCEEDED"
        assert jobs["successful"] == 3

    def test_every_row_is_answered_where_the_job_says(self, jobs: Section) -> None:
        assert jobs["directory"].startswith("gs://")
        assert jobs["directory"].endswith("-answered/prediction-model-")
        assert jobs["answered"] == ["a", "b", "c"]

    def test_a_filter_finds_by_label_and_state(self, jobs: Section) -> None:
        assert jobs["byLabelAndState"] == ["answered"]

    def test_a_list_goes_on_over_pages_newest_first(self, jobs: Section) -> None:
        assert jobs["inPages"] == ["cancelled", "answered"]

    def test_a_filter_of_nonsense_is_an_invalid_argument(self, jobs: Section) -> None:
        assert jobs["badFilter"] == 3

    def test_a_job_is_cancelled(self, jobs: Section) -> None:
        assert jobs["cancelled"] == "JOB_STATE_CANCELLED"

    def test_an_active_job_is_not_deleted(self, jobs: Section) -> None:
        assert jobs["activeDelete"] == 9

    def test_a_delete_is_waited_for_and_the_job_is_gone(self, jobs: Section) -> None:
        assert jobs["deleted"] is True
        assert jobs["afterDelete"] == 5


class GenaiPromises:
    """
    The Gen AI client's batches, at one location (`batches`).
    """

    @pytest.fixture
    def batches(self, told: dict[str, Section], location: str) -> Section:
        return section(told, f"genai {location}")

    def test_a_batch_begins_pending_and_succeeds(self, batches: Section) -> None:
        assert batches["created"] == "JOB_STATE_PENDING"
        assert batches["ended"] == "JOB_STATE_SUCCEEDED"
        assert batches["destination"] is True

    def test_a_list_goes_on_over_pages(self, batches: Section) -> None:
        assert batches["listed"] == ["cancelled", "answered"]

    def test_a_batch_is_cancelled(self, batches: Section) -> None:
        assert batches["cancelled"] == "JOB_STATE_CANCELLED"

    def test_a_deleted_batch_is_gone(self, batches: Section) -> None:
        assert batches["afterDelete"] == 404


class StoragePromises:
    """
    The storage client (`objects`).
    """

    @pytest.fixture
    def objects(self, told: dict[str, Section]) -> Section:
        return section(told, "storage")

    def test_what_was_uploaded_in_chunks_is_downloaded(self, objects: Section) -> None:
        assert objects["whole"] is True

    def test_a_range_is_read(self, objects: Section) -> None:
        assert objects["part"] == "imp"

    def test_a_list_has_a_folders_names_and_prefixes(self, objects: Section) -> None:
        assert objects["listed"] == ["a/simple", "a/ü #?%2F.bin"]
        assert objects["prefixes"] == ["a/deep/"]

    def test_an_object_that_exists_is_not_created_again(self, objects: Section) -> None:
        """
        In one request and in chunks.
        """
        assert objects["onceAgain"] == [412, 412]

    def test_metadata_is_changed(self, objects: Section) -> None:
        assert objects["contentType"] == "text/x-simple"
        assert objects["colour"] == "red"
        assert objects["metageneration"] == 2

    def test_metadata_that_others_changed_is_left(self, objects: Section) -> None:
        assert objects["stale"] == 412

    def test_a_copy_has_the_content(self, objects: Section) -> None:
        assert objects["copied"] is True

    def test_objects_are_composed(self, objects: Section) -> None:
        assert objects["composed"] == "firstsimple"
        assert objects["components"] == 2

    def test_another_generation_is_not_deleted(self, objects: Section) -> None:
        assert objects["wrongDelete"] == 412

    def test_a_deleted_object_is_gone(self, objects: Section) -> None:
        assert objects["gone"] == 404


class PubsubPromises:
    """
    The Pub/Sub client, with streaming pull (`messages`).
    """

    @pytest.fixture
    def messages(self, told: dict[str, Section]) -> Section:
        return section(told, "pubsub")

    def test_every_message_arrives_as_it_was_published(self, messages: Section) -> None:
        assert messages["received"] == 100
        assert messages["wrongAttributes"] == 0

    def test_a_message_that_was_refused_comes_again(self, messages: Section) -> None:
        """
        Number 42 counts among those received only when it comes a second time.
        """
        assert messages["nacked"] == 1
        assert messages["received"] == 100

    def test_messages_of_a_key_come_in_order(self, messages: Section) -> None:
        """
        After one was given back, it and all that follow it of its key come again.
        """
        assert messages["keys"] == {"odd": 50, "even": 50}
        assert messages["ordered"] == {"odd": True, "even": True}


class PagePromises:
    """
    The programs that a language's page prints: `batch`, `jobs` and `subscribe`
    are commands behind the door, which a fixture `commands` of the subclass names.
    """

    name: str

    def test_the_first_program_prints_answers_and_the_second_counts(
        self, bare_cloud: RunningCloud, commands: Mapping[str, list[str]]
    ) -> None:
        bucket = f"{self.name}-page"

        state, *answers = _printed(bare_cloud, *commands["batch"], bucket)
        (counted,) = _printed(bare_cloud, *commands["jobs"], bucket)

        assert state == "JOB_STATE_SUCCEEDED"
        assert sorted(line.split()[0] for line in answers) == ["rice", "tea"]
        assert all(len(line.split()) > 2 for line in answers), answers
        assert counted.startswith(
            f"labelled 2 rows gs://{bucket}/labelled/prediction-model-"
        )

    def test_the_third_program_prints_each_drop_once(
        self, bare_cloud: RunningCloud, commands: Mapping[str, list[str]]
    ) -> None:
        name = f"{self.name}-page"
        bare_cloud.python(_DROPS, name)

        printed = _printed(bare_cloud, *commands["subscribe"], name, "3")

        assert sorted(printed) == [f"completed gs://results/{n}/" for n in "012"]


# Three drops as the pipeline announces them, two of them twice.
_DROPS = """
import json, sys
from google.cloud import pubsub_v1

name = sys.argv[1]
publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
topic = f"projects/dropbatch-local/topics/{name}"
publisher.create_topic(name=topic)
subscriber.create_subscription(
    name=f"projects/dropbatch-local/subscriptions/{name}", topic=topic
)
for number in (0, 0, 1, 1, 2):
    data = {"outcome": "completed", "output_uri": f"gs://results/{number}/"}
    event = {"ce-id": str(number)}
    publisher.publish(topic, json.dumps(data).encode(), **event).result(timeout=20)
print("null")
"""


def _printed(cloud: RunningCloud, *command: str) -> list[str]:
    done = cloud.run(*command, timeout=_SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
