"""
The page's data, asked for as the page asks.
"""

import json
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from localcloud.cloud import LocalCloud
from localcloud.page.asked import Asked
from localcloud.page.state import messages
from localcloud.page.state.objects import PREVIEW_BYTES
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.delivery.entries import Holder
from tests.page.cloud_in_thread import BEARER, CloudInThread
from tests.running_cloud import wait_until


def test_an_answer_without_news_is_a_304(held: CloudInThread) -> None:
    held.bucket("tagged")
    first = held.ask("GET", "/admin/state/buckets")
    again = held.ask("GET", "/admin/state/buckets", If_None_Match=first.headers["ETag"])
    held.objects("tagged", {"new": b"x"})
    after = held.ask("GET", "/admin/state/buckets", If_None_Match=first.headers["ETag"])

    assert (first.status, again.status, after.status) == (200, 304, 200)
    assert again.body == b""


def test_a_bucket_is_counted_as_far_as_a_limit(held: CloudInThread) -> None:
    held.bucket("counted", versioned=True)
    held.objects("counted", {"a": b"123", "b": b"4567"})
    held.objects("counted", {"a": b"89"})

    (bucket,) = [
        each for each in held.state("buckets")["buckets"] if each["name"] == "counted"
    ]
    size = held.do(
        lambda cloud: cloud.services.storage.store.overview.size("counted", 1)
    )

    assert (bucket["objects"], bucket["bytes"], bucket["more"]) == (2, 6, False)
    assert (size.objects, size.more) == (1, True)


def test_objects_are_listed_as_folders_in_pages(held: CloudInThread) -> None:
    held.bucket("paged")
    held.objects("paged", dict.fromkeys(("a/1", "a/2", "b", "c", "d/e/f"), b""))

    first = held.state("objects?bucket=paged&limit=3")
    second = held.state(f"objects?bucket=paged&limit=3&page={first['next']}")
    inside = held.state("objects?bucket=paged&prefix=a/")

    assert first["prefixes"] == ["a/"]
    assert [each["name"] for each in first["objects"]] == ["b", "c"]
    assert second["prefixes"] == ["d/"]
    assert second["next"] is None
    assert [each["name"] for each in inside["objects"]] == ["a/1", "a/2"]


def test_generations_of_an_object_are_shown_and_so_is_one_that_is_deleted(
    held: CloudInThread,
) -> None:
    held.bucket("kept", versioned=True)
    held.objects("kept", {"a": b"first"})
    held.objects("kept", {"a": b"second"})

    live = held.state("object?bucket=kept&name=a")
    older = live["generations"][1]["generation"]
    first = held.state(f"object?bucket=kept&name=a&generation={older}")
    held.ask("DELETE", "/storage/v1/b/kept/o/a", Authorization=BEARER)
    gone = held.state("object?bucket=kept&name=a")

    assert (live["preview"]["text"], live["live"]) == ("second", True)
    assert (first["preview"]["text"], first["live"]) == ("first", False)
    assert (gone["preview"]["text"], gone["live"]) == ("second", False)


def test_a_preview_ends_between_characters_and_leaves_out_what_is_no_text(
    held: CloudInThread,
) -> None:
    held.bucket("seen")
    text = "x" + "ä" * PREVIEW_BYTES
    held.objects("seen", {"text": text.encode(), "bytes": b"\x89PNG\0", "none": b""})

    preview = held.state("object?bucket=seen&name=text")["preview"]

    assert preview["whole"] is False
    assert text.startswith(preview["text"])
    assert len(preview["text"].encode()) == PREVIEW_BYTES - 1
    assert held.state("object?bucket=seen&name=bytes")["preview"]["text"] is None
    assert held.state("object?bucket=seen&name=none")["preview"] == {
        "text": "",
        "whole": True,
    }


def test_a_download_is_saved_and_never_shown(held: CloudInThread) -> None:
    held.bucket("page")
    name = 'a/<b>"ä.html'
    held.objects("page", {name: b"<script>alert(1)</script>"})

    answer = held.ask("GET", f"/admin/state/download?bucket=page&name={quote(name)}")

    assert answer.body == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%3Cb%3E%22%C3%A4.html"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_jobs_of_every_project_come_newest_first_in_pages(held: CloudInThread) -> None:
    older, newer = held.jobs("state older", "state newer")

    first = held.state("jobs?limit=1")
    second = held.state(f"jobs?limit=1&page={first['next']}")
    (one,), (other,) = first["jobs"], second["jobs"]

    assert (one["id"], other["id"]) == (newer, older)
    assert one["state"] == "JOB_STATE_PENDING"
    assert one["labels"] == {"team": "blue"}
    assert first["counts"]["JOB_STATE_PENDING"] >= 2
    assert held.state("jobs?state=ended")["jobs"] == []


def test_a_job_is_cancelled_with_the_services_own_words_if_it_is_too_late(
    held: CloudInThread,
) -> None:
    (job,) = held.jobs("to cancel")

    def cancel(body: str, content_type: str = "application/json") -> tuple[int, str]:
        answer = held.ask(
            *("POST", "/admin/state/jobs/cancel", body.encode()),
            Content_Type=content_type,
        )
        return answer.status, answer.body.decode()

    asked = json.dumps({"id": job})
    assert cancel(asked, "text/plain")[0] == 415
    status, body = cancel(asked)
    assert status == 200
    assert json.loads(body)["state"] in ("JOB_STATE_CANCELLING", "JOB_STATE_CANCELLED")
    assert cancel(asked)[0] == 400
    assert cancel('{"id": "1"}')[0] == 404
    for wrong in ("{", "[]", '{"id": 1}', "{}"):
        assert cancel(wrong)[0] == 400, wrong


def test_what_waits_is_counted_and_looking_takes_nothing(held: CloudInThread) -> None:
    name = held.publish("waits", b"one", b"\xff", b"three", color="red")

    def lease(cloud: LocalCloud) -> None:
        feed = cloud.services.broker.subscriptions.find(name)
        feed.lease(holder=Holder(), limit=1, seconds=60)

    held.do(lease)
    first = held.state(f"messages?subscription={name}&limit=2")
    rest = held.state(f"messages?subscription={name}&limit=2&page={first['next']}")
    again = held.state(f"messages?subscription={name}")

    assert [each["state"] for each in first["messages"]] == ["held", "ready"]
    assert [each["text"] for each in first["messages"]] == ["one", None]
    assert [each["text"] for each in rest["messages"]] == ["three"]
    assert first["messages"][0]["attributes"] == {"color": "red"}
    counts = ("messages", "ready", "leased", "resting")
    assert [again["subscription"][each] for each in counts] == [3, 2, 1, 0]


def test_a_lease_that_has_run_out_counts_as_ready(held: CloudInThread) -> None:
    name = held.publish("ran-out", b"one")

    def lease(cloud: LocalCloud) -> None:
        feed = cloud.services.broker.subscriptions.find(name)
        feed.lease(holder=Holder(), limit=1, seconds=0.001)

    held.do(lease)

    def is_ready() -> bool:
        (message,) = held.state(f"messages?subscription={name}")["messages"]
        return bool(message["state"] == "ready")

    wait_until(is_ready)


def test_a_token_in_a_push_address_is_not_shown(held: CloudInThread) -> None:
    from localcloud.page.state.messages import _without_secrets

    shown = _without_secrets("https://me:pass@example.com:8443/push?token=s3cret#x")

    assert shown == "https://example.com:8443/push"


def test_nonsense_is_refused_in_words(held: CloudInThread) -> None:
    held.bucket("words")
    expected = {
        "objects": (400, "bucket is missing"),
        "objects?bucket=none": (404, "bucket"),
        "objects?bucket=words&page=%21": (400, "pageToken"),
        "object?bucket=words&name=none": (404, "none"),
        "object?bucket=words&name=a&generation=-1": (400, "generation='-1'"),
        "object?bucket=words&name=a&generation=99999999999999999999": (400, "number"),
        "jobs?state=nothing": (400, "state='nothing'"),
        "jobs?page=x": (400, "page='x'"),
        "job?id=1": (404, "does not exist"),
        "messages?subscription=projects/p/subscriptions/none": (404, "none"),
        "nothing": (404, "/admin/state/nothing"),
        "drops": (404, "in this cloud"),
        "logs": (404, "in this cloud"),
    }
    for path, (status, words) in expected.items():
        answer = held.ask("GET", f"/admin/state/{path}")
        assert answer.status == status, path
        assert words in answer.json()["error"]["message"], path


def test_the_summary_says_that_there_is_no_pipeline(held: CloudInThread) -> None:
    summary = held.state("summary")

    assert summary["bare"] is True
    assert summary["drops"] is None
    assert summary["pipeline"] is None
    assert summary["project"] == "dropbatch-local"


def test_beyond_the_topics_that_are_shown_no_subscription_is_an_orphan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_TOPICS", 2)
    broker = Broker(tmp_path)
    with closing(broker):
        for name in "abcd":
            broker.create_topic_if_absent(f"projects/project/topics/topic-{name}")
            broker.create_subscription_if_absent(
                f"projects/project/subscriptions/sub-{name}",
                f"projects/project/topics/topic-{name}",
            )
        broker.delete_topic("projects/project/topics/topic-b")

        told = messages.topics(broker, Asked({}))

    assert [each["name"][-1] for each in told["topics"]] == ["a", "c"]
    assert [each["name"][-1] for each in told["orphans"]] == ["b"]
