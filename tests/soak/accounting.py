"""
The account of a soak: what was dropped, beside what was announced, billed and left.

Every function here yields a sentence for each thing that must not be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from shared.jobs import KEY_LABEL, JobKey, work_name
from shared.messages import DROP_JSON, REPORT, event_id, pointer_name
from tests.soak.files import GOOD
from tests.soak.found import Dropped, Found
from tests.soak.receiving import Message

_SUPERSEDED = "superseded"
# How a good file may end, since jobs and creates do.
_ENDS = {
    ("completed", ""),
    ("partial", "rows_without_answer"),
    ("partial", "job_partially_succeeded"),
    ("failed", "job_failed"),
    ("failed", "job_cancelled"),
    ("failed", "job_expired"),
    ("failed", "create_refused"),
}
_NEVER = {"set_aside", "bad_marker", "stray_job"}
# There are no twins while lists lag less than the settling time.
_NEVER |= {"twin_cancelled", "twin_ended", "twin_not_cancelled"}


def wrongs(found: Found) -> list[str]:
    """Everything that must not be."""
    checks = (_announced, _ended, _billed, _left_open, _left_in_buckets, _logged)
    return [f"inbox: nobody dropped {name}" for name in found.strangers] + [
        wrong for check in checks for wrong in check(found)
    ]


def _announced(found: Found) -> Iterator[str]:
    """Each drop has one end, and nothing else has any message."""
    for drop_id in found.messages.keys() - found.wanted.keys():
        yield f"{drop_id}: announced, and is no drop"
    for drop_id in found.wanted:
        messages = found.messages.get(drop_id, {})
        ends = [each for each in messages.values() if each.is_final]
        if not ends:
            yield f"{_named(found, drop_id)}: lost: its end was never announced"
        if len(ends) > 1:
            yield f"{_named(found, drop_id)}: ended {len(ends)} times, differently"
        for its_id, message in messages.items():
            # The reason is in the id only where a type may come again.
            reason = "" if message.is_final else message.reason
            if its_id != event_id(drop_id, message.event_type, reason):
                yield f"{_named(found, drop_id)}: the id {its_id} is not its own"
            if message.reason == "set_aside":
                yield f"{_named(found, drop_id)}: was set aside"


def _ended(found: Found) -> Iterator[str]:
    """Each drop ends as its file and its job say, and every row is accounted for."""
    jobs = _jobs_by_drop(found)
    for drop_id, dropped in found.wanted.items():
        for message in found.messages.get(drop_id, {}).values():
            if not message.is_final:
                continue
            end = (message.said["outcome"], message.reason)
            if end not in _ends_of(dropped):
                yield f"{_named(found, drop_id)}: ended {end}"
            for wrong in _job_and_rows(message, dropped, jobs[drop_id]):
                yield f"{_named(found, drop_id)}: {wrong}"


def _ends_of(dropped: Dropped) -> set[tuple[str, str]]:
    kind = dropped.file.kind
    ends = _ENDS if kind == GOOD else {("rejected", kind)}
    return ends | {("rejected", _SUPERSEDED)} if dropped.gone else ends


def _job_and_rows(
    message: Message, dropped: Dropped, jobs: list[dict[str, Any]]
) -> Iterator[str]:
    told = message.said["jobs"]
    names = [job["name"] for job in jobs]
    if sorted(job["name"] for job in told) != sorted(names):
        yield f"its message tells of the jobs {told}, and there are {names}"
        return
    if jobs and told[0]["state"] != jobs[0]["state"]:
        yield f"its message says {told[0]['state']}, its job {jobs[0]['state']}"
    counts = message.said["counts"]
    if message.said["outcome"] == "rejected":
        return
    if counts is None or counts["rows"] != dropped.file.rows:
        yield f"{dropped.file.rows} rows were dropped, and {counts} announced"
        return
    ends = [counts[name] for name in ("succeeded", "failed", "missing")]
    if None not in ends and sum(ends) != counts["rows"]:
        yield f"its rows don't add up: {counts}"
    stats = jobs[0].get("completionStats") if jobs else None
    if stats and counts["succeeded"] != int(stats.get("successfulCount", 0)):
        yield f"its message counts {counts}, its job {stats}"


def _billed(found: Found) -> Iterator[str]:
    """At most one job was made for each key, and each job is some drop's."""
    keys = Counter(job.get("labels", {}).get(KEY_LABEL, "") for job in found.jobs)
    own = {str(JobKey(drop_id=drop_id)): drop_id for drop_id in found.wanted}
    for key, count in keys.items():
        if key not in own:
            yield f"a job of the key {key!r}, which is no drop's"
        elif count > 1:
            yield f"{_named(found, own[key])}: billed {count} times"
        elif found.wanted[own[key]].file.kind != GOOD:
            yield f"{_named(found, own[key])}: billed, and can't run"


def _left_open(found: Found) -> Iterator[str]:
    """Every drop has a record, and every record is published and closed."""
    for name in found.open:
        yield f"{name}: still open"
    for drop_id in found.wanted.keys() - found.records.keys():
        yield f"{_named(found, drop_id)}: has no record"
    for drop_id, state in found.records.items():
        if drop_id not in found.wanted:
            yield f"{drop_id}: has a record, and is no drop"
        if state != "published":
            yield f"{_named(found, drop_id)}: its record is left {state}"


def _left_in_buckets(found: Found) -> Iterator[str]:
    """Nothing lies about, and what was staged is what was dropped."""
    yield from (f"state: {name} is stray" for name in found.stray)
    staged = {work_name(JobKey(drop_id=id)): each for id, each in found.wanted.items()}
    for name, its_sum in found.work.items():
        dropped = staged.get(name)
        if dropped is None or not (dropped.file.kind == GOOD or dropped.gone):
            yield f"work: {name} is stray"
        elif its_sum != dropped.drop.crc32c:
            yield f"work: {name} is not what was dropped"
    expected = dict(_results(found))
    folders = {name.rpartition("/")[0] + "/raw/s0a1/" for name in expected}
    for name, its_sum in found.results.items():
        if name in expected:
            if expected[name] not in ("", its_sum):
                yield f"results: {name} is not what was announced"
        elif not any(name.startswith(folder) for folder in _above(name) & folders):
            yield f"results: {name} is stray"
    for name in expected.keys() - found.results.keys():
        yield f"results: {name} is missing"


def _results(found: Found) -> Iterator[tuple[str, str]]:
    """The objects that each end leaves, and their checksums where they are known."""
    for drop_id, dropped in found.wanted.items():
        for message in found.messages.get(drop_id, {}).values():
            if message.is_final:
                uri: str = message.said["output_uri"]
                folder = uri.removeprefix("gs://").partition("/")[2]
                yield f"{folder}{DROP_JSON}", message.said["crc32c"]
                yield pointer_name(dropped.drop), ""
                if message.said["outcome"] == "rejected":
                    yield f"{folder}{REPORT}", ""


def _logged(found: Found) -> Iterator[str]:
    """Nothing was logged that only a bug can write."""
    for error, count in found.logged.unexpected.items():
        yield f"logs: {error} escaped {count} times"
    for event in sorted(_NEVER & found.logged.events.keys()):
        yield f"logs: {event} {found.logged.events[event]} times"


def _jobs_by_drop(found: Found) -> Mapping[str, list[dict[str, Any]]]:
    jobs = defaultdict(list)
    for job in found.jobs:
        key = job.get("labels", {}).get(KEY_LABEL, "")
        jobs[key.partition("-")[0]].append(job)
    return jobs


def _above(name: str) -> set[str]:
    """Every folder that an object is in."""
    parts = name.split("/")
    return {"/".join(parts[:n]) + "/" for n in range(1, len(parts))}


def _named(found: Found, drop_id: str) -> str:
    dropped = found.drops.get(drop_id)
    where = f" {dropped.drop.name!r}" if dropped else ""
    return f"{drop_id}{where}"
