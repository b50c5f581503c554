"""Names are data: whatever a dropper calls a file, nothing else is made of it."""

import contextlib
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.vertex_batches import VertexBatches
from shared.drops import Drop
from shared.jobs import JobKey, JobRequest
from tests.fakes import FakeCloud
from tests.moments import message
from tests.operation.metrics import metrics

# Each name is a whole drop, on a machine that others use too.
NO_DEADLINE = settings(deadline=None)
# What `tests/fakes.py` calls it, and what a key looks like.
DEPLOYMENT = "test"
KEY = "[0-9a-f]{32}-s0a1"
RAW = re.compile(r"gs://results/in/[0-9a-f]{32}/raw/s\d+a\d+/")
WORK = re.compile(r"gs://work/[0-9a-f]{32}/s\d+a\d+\.jsonl")
# What has tricked somebody: wildcards, ways upwards, quotes, filters, escapes, ends of
# lines and of texts, marks that turn the direction of writing.
_PIECES = st.sampled_from(
    ["*", "?", "[a]", "{b}", "..", "/", "//", "\\", '"', "'", "`", "$(id)", "%2F",
     "%0a", "#", "\n", "\r", "\0", "\x1b[31m", "\u2028", "\u0085", "\u202e", "\ufeff",
     '{"event":"x"}', '" OR labels.a="b', "\U0001f600", "e\u0301"]
)  # fmt: skip
NAMES = st.lists(
    _PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=9
).map("".join)


def drop(cloud: FakeCloud, name: str) -> Drop:
    return cloud.drop(name=f"in/{name}.jsonl")


def asked_for(cloud: FakeCloud) -> JobRequest:
    (request,) = cloud.batches.requests
    return request


@NO_DEADLINE
@given(NAMES.filter(lambda name: not set(name) & {"\r", "\n"}))
def test_nothing_that_vertex_ai_is_asked_for_has_a_name_in_it(name: str) -> None:
    """
    Neither what it reads nor where it writes, nor a label, nor what a job is called;
    and the message says the same folder.
    """
    cloud = FakeCloud()
    cloud.submit(drop(cloud, name))
    request = asked_for(cloud)
    cloud.until_quiet()

    assert WORK.fullmatch(request.input_uri)
    assert RAW.fullmatch(request.output_uri_prefix)
    assert re.fullmatch(f"dropbatch {KEY}", request.display_name)
    assert request.labels.keys() == {"dropbatch_deployment", "dropbatch_job_key"}
    assert request.labels["dropbatch_deployment"] == DEPLOYMENT
    assert re.fullmatch(KEY, request.labels["dropbatch_job_key"])
    said = message(cloud)["output_uri"]
    assert re.fullmatch(r"gs://results/in/[0-9a-f]{32}/", said)
    assert request.output_uri_prefix.startswith(said)


@dataclass
class Asked:
    """A client of Vertex AI that takes down which lists it is asked for."""

    filters: list[str] = field(default_factory=list)

    def list_batch_prediction_jobs(self, request: Any, **_: Any) -> list[Any]:
        self.filters.append(request["filter"])
        return []


@NO_DEADLINE
@given(NAMES)
def test_a_filter_is_the_same_for_any_name_but_for_the_key(name: str) -> None:
    asked = Asked()
    batches = VertexBatches(
        project="p",
        deployment=DEPLOYMENT,
        create_timeout_seconds=1,
        call_timeout_seconds=1,
    )
    batches._client = lambda location: asked
    key = JobKey(drop_id=drop(FakeCloud(), name).drop_id)
    list(batches.active("global"))
    batches.find("global", str(key))

    active, found = asked.filters
    assert re.fullmatch(f'labels.dropbatch_job_key="{KEY}"', found)
    assert re.fullmatch(
        r'labels.dropbatch_deployment="test" AND \(state="JOB_STATE_[A-Z_]+"'
        r'( OR state="JOB_STATE_[A-Z_]+")*\)',
        active,
    )


@pytest.mark.parametrize("suffix", [".jsonl", ".txt", "/"])
@NO_DEADLINE
@given(name=NAMES)
def test_no_name_forges_a_line_or_reaches_a_terminal(suffix: str, name: str) -> None:
    """Whether it is claimed or ignored: one JSON object a line, in printable ASCII."""
    cloud = FakeCloud()
    dropped = cloud.drop(name=f"in/{name}{suffix}")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        cloud.submit(dropped)
        cloud.until_quiet()

    text = printed.getvalue()
    assert text.isascii()
    for line in text.split("\n")[:-1]:
        assert line.isprintable()
        facts = json.loads(line)
        assert facts["event"] in (
            "tick", "claimed", "staged", "create_asked", "submitted", "ended",
            "announced",
            "closed", "ignored", "open_drops",
        )  # fmt: skip


def test_no_metric_is_labelled_by_a_name() -> None:
    labels = {label for metric in metrics() for label in metric.labels}

    assert labels
    assert "name" not in labels
