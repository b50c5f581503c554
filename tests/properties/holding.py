"""
What must hold of a deployment: at each create, at each publish, and once all is quiet,
whatever befell it on the way.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from shared import bookmark
from shared.drops import Drop
from shared.jobs import Job, JobRequest, JobState, is_same
from shared.ledger import record_name
from shared.logs import Severity
from shared.messages import pointer_name
from shared.records import Record, State, decode_record
from shared.route_notes import decode_note, note_name
from tests.fake_services import ACTIVE
from tests.fakes import FakeCloud

# All that may lie in our buckets for ever, or until a lifecycle rule takes it.
_RECORD = re.compile(r"rec/[0-9a-f]{2}/([0-9a-f]{32})\.json")
_QUEUE = re.compile(r"routes/[0-9a-f]{32}\.json")
_STAGED = re.compile(r"[0-9a-f]{32}/s\d+a\d+\.jsonl")


# The same few are looked at after every poll of thousands of runs.
_decoded = lru_cache(decode_record)


class Broken(BaseException):
    """A promise is broken right now. Nothing under test can catch it."""


def watch(cloud: FakeCloud) -> None:
    """Have every create, cancel and publish looked at while it happens."""

    def created(request: JobRequest) -> None:
        bucket, _, name = request.input_uri.removeprefix("gs://").partition("/")
        if name not in cloud.objects.names(bucket):
            raise Broken(f"a job is to read {request.input_uri}, which is not there")

    def published(data: bytes) -> None:
        told = json.loads(data)
        if told["outcome"] == "late":
            return
        folder = told["output_uri"].removeprefix("gs://results/")
        names = cloud.objects.names("results")
        if f"{folder}drop.json" not in names:
            raise Broken("a subscriber would not find drop.json")
        if cloud.objects.content("results", f"{folder}drop.json") != data:
            raise Broken("drop.json does not say what the message says")
        record = record_of(cloud, told["drop"]["id"])
        if told["jobs"] and record.checked is None:
            raise Broken("rows were billed that nobody has counted")
        pointer = pointer_name(record.drop)
        if pointer not in names:
            raise Broken("nothing leads from the file's name to its folder")
        if told["report_uri"] and f"{folder}report.json" not in names:
            raise Broken("a subscriber would not find the report")
        # Generations grow: who finds one of these finds what it leads to.
        chain = (f"{folder}report.json", f"{folder}drop.json", pointer)
        written = [
            cloud.objects.generation("results", name) for name in chain if name in names
        ]
        if written != sorted(written):
            raise Broken("something led to what was not there yet")

    def cancelled(job: Job) -> None:
        record = record_of(cloud, _drop_id(job))
        if record.message is None and job.name not in record.twins:
            raise Broken("a message will not say that there was a second job")

    cloud.batches.on_create = created
    cloud.batches.on_cancel = cancelled
    cloud.announcements.on_publish = published


def record_of(cloud: FakeCloud, drop_id: str) -> Record:
    name = record_name(drop_id)
    return _decoded(cloud.objects.content("state", name), drop_id)


def second_jobs(cloud: FakeCloud) -> list[str]:
    """Active jobs that lists show, of drops whose record names another."""
    if len(cloud.batches.jobs) < 2:
        return []
    shown = cloud.now() - timedelta(seconds=cloud.batches.lag_seconds)
    jobs = cloud.batches.jobs.values()
    of_drop = Counter(_drop_id(job) for job in jobs)
    return [
        job.name
        for job in jobs
        if of_drop[_drop_id(job)] > 1
        and job.state in ACTIVE - {JobState.CANCELLING}
        and job.created_at <= shown
        and (named := record_of(cloud, _drop_id(job)).job_name)
        and not is_same(job.name, named)
    ]


def _drop_id(job: Job) -> str:
    return job.key.partition("-")[0]


def expect_markers(cloud: FakeCloud) -> None:
    """Assert that whoever looks at markers alone misses no open record."""
    open_ = {marker.rpartition("/")[2] for marker in cloud.open()}
    for name in cloud.objects.names("state"):
        if record := _RECORD.fullmatch(name):
            left = _decoded(cloud.objects.content("state", name), record[1])
            closed = left.state is State.PUBLISHED or record[1] in open_
            assert closed, f"{name} is {left.state}, and has no marker"


def check(
    cloud: FakeCloud,
    drops: list[Drop],
    *,
    twins: Collection[JobState] = (),
    lines: str = "",
    mishaps: bool,
    repeats: bool = True,
) -> Mapping[str, str]:
    """
    Assert what is promised of every drop; return how each ended, by its name and
    generation. `twins`: a drop may have had other jobs, if they ended so and `lines`,
    which the functions wrote, tell of them; `mishaps`: what was rejected may have been
    staged, and with `repeats` a message may have come more than once, byte for byte.
    """
    _check_jobs(cloud, twins=twins, told=told_of(lines))
    _check_caps(cloud)
    _check_what_is_left(cloud, mishaps=mishaps)
    said = _said(cloud, repeats=mishaps and repeats)
    assert set(said) == {drop.drop_id for drop in drops}, "not every drop is announced"
    ended = {}
    for drop in drops:
        reasons = {data["reason"] for data in said[drop.drop_id]}
        untold = {late.reason for late in record_of(cloud, drop.drop_id).late} - reasons
        assert not untold, f"{drop.name} is late, and nobody was told: {untold}"
        endings = [data for data in said[drop.drop_id] if data["outcome"] != "late"]
        assert len(endings) == 1, f"{drop.name} has two different messages"
        told = endings[0]
        _check_job(cloud, told)
        staged = f"{drop.drop_id}/s0a1.jsonl" in cloud.objects.names("work")
        if told["outcome"] == "rejected" and not mishaps:
            assert not staged, f"{drop.name} was rejected, and staged"
        ended[f"{drop.name}#{drop.generation}"] = told["reason"] or told["outcome"]
    return ended


def _said(cloud: FakeCloud, *, repeats: bool) -> Mapping[str, list[dict[str, Any]]]:
    """What was said of each drop, each event once, the same bytes whenever it came."""
    events: dict[str, tuple[bytes, dict[str, str]]] = {}
    said = defaultdict(list)
    for message in cloud.announcements.published:
        data, attributes = message
        known = events.setdefault(attributes["ce-id"], message)
        assert known == message, f"an event of {attributes['ce-subject']} has two texts"
        if known is not message:
            assert repeats, f"{attributes['ce-subject']} was announced twice"
            continue
        said[attributes["ce-subject"]].append(json.loads(data))
    return said


def told_of(lines: str) -> frozenset[str]:
    """The second jobs that an ERROR line names."""
    found = (json.loads(line) for line in lines.splitlines() if '"twin_' in line)
    return frozenset(
        line["job"]
        for line in found
        if line["event"] in ("twin_cancelled", "twin_ended")
        and line["severity"] == Severity.ERROR
    )


def _check_jobs(
    cloud: FakeCloud, *, twins: Collection[JobState], told: frozenset[str]
) -> None:
    """However they are labelled: a job is the drop's whose staged file it reads."""
    asked = Counter(cloud.batches.inputs)
    assert twins or max(asked.values(), default=1) == 1, f"billed twice: {asked}"
    for job in cloud.batches.jobs.values():
        if not is_same(job.name, record_of(cloud, _drop_id(job)).job_name):
            assert job.state in twins, f"billed twice: {job.name} is {job.state}"
            assert job.name in told, f"nobody is told of {job.name}"


def _check_job(cloud: FakeCloud, told: Mapping[str, Any]) -> None:
    """What is announced is the job that was left to the drop, and what it wrote."""
    drop_id = told["drop"]["id"]
    for job in cloud.batches.jobs.values():
        if not is_same(job.name, record_of(cloud, drop_id).job_name):
            continue
        (announced,) = told["jobs"]
        assert is_same(announced["name"], job.name), f"{job.name} is not announced"
        if job.output_directory:
            assert told["raw_output_uris"] == [f"{job.output_directory}/"]


def _check_caps(cloud: FakeCloud) -> None:
    asked: Counter[tuple[str, object]] = Counter()
    caps = {r.prefix: r.limits.rows_per_day for r in cloud.settings.routes.routes}
    for job in cloud.batches.jobs.values():
        record = record_of(cloud, _drop_id(job))
        rows = record.checked.rows if record.checked else 0
        asked[record.route.prefix, job.created_at.date()] += rows
    for (prefix, day), rows in asked.items():
        most = caps.get(prefix)
        assert most is None or rows <= most, f"{prefix}: {rows} rows on {day}"


def _check_queue(cloud: FakeCloud, name: str, *, mishaps: bool) -> None:
    content = cloud.objects.content("state", name)
    note = decode_note(content, json.loads(content)["route"])
    assert note_name(note.route) == name
    # A death may leave a note that is stale: it costs the next drop a minute.
    assert mishaps or not note.is_held, f"{note.route} would wait for nothing"


def _check_what_is_left(cloud: FakeCloud, *, mishaps: bool) -> None:
    assert cloud.open() == []
    for name in cloud.objects.names("state"):
        if _QUEUE.fullmatch(name):
            # One for each route that there ever was.
            _check_queue(cloud, name, mishaps=mishaps)
            continue
        if name == bookmark.NAME:
            continue
        record = _RECORD.fullmatch(name)
        assert record, f"{name} would never be cleaned"
        left = _decoded(cloud.objects.content("state", name), record[1])
        assert left.state is State.PUBLISHED, f"{name} is left {left.state}"
        counted_from = cloud.objects.custom_time("state", name)
        assert counted_from, f"{name} would never be cleaned"
        # Cloud Storage keeps milliseconds.
        assert left.times.published
        assert abs(counted_from - left.times.published) < timedelta(milliseconds=1)
    for name in cloud.objects.names("work"):
        assert _STAGED.fullmatch(name), f"{name} would never be cleaned"
