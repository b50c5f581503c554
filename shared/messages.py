"""
The messages about a drop, CloudEvents for Pub/Sub, each frozen before it goes: one
ends it, others may say before that it is late.

The data of the one that ends it is `drop.json` in the drop's folder too. Its schema is
in `schemas/`; what is added is compatible, what is removed or means something else is a
new version in the type.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from shared.drops import Drop
from shared.jobs import output_uri
from shared.outcomes import Counts, Ending, Outcome
from shared.problems import Odd, Warn
from shared.records import Frozen, Record
from shared.service_words import publishable
from shared.settings import Settings

REPORT = "report.json"
DROP_JSON = "drop.json"
_LONGEST_NAME = 900


def event_type(outcome: str) -> str:
    """The CloudEvent type of an outcome, with the version of its data."""
    return f"dev.dropbatch.drop.{outcome}.v1"


def event_id(drop_id: str, type_: str, reason: str = "") -> str:
    """
    The same for the same event for ever, and never for two different ones.
    `reason` counts only where a type can come more than once for a drop.
    """
    return hashlib.sha256("\0".join((drop_id, type_, reason)).encode()).hexdigest()


def freeze(
    record: Record,
    ending: Ending,
    *,
    raw_folders: tuple[str, ...],
    settings: Settings,
    now: datetime,
) -> Frozen:
    """The message for this ending of the drop; `raw_folders` are whole URIs."""
    drop, route = record.drop, record.route
    type_ = event_type(ending.outcome)
    folder = output_uri(drop, route, results_bucket=settings.results_bucket)
    job = ending.job
    # Only of these a drop may have several.
    reason = ending.reason if ending.outcome is Outcome.LATE else ""
    data: dict[str, Any] = {
        "drop": _drop(drop),
        "outcome": ending.outcome,
        "reason": ending.reason or None,
        "route": route.prefix,
        "model": route.model,
        "location": route.location,
        "output_uri": folder,
        "raw_output_uris": list(raw_folders),
        "report_uri": f"{folder}{REPORT}" if ending.outcome == "rejected" else None,
        "jobs": [_job(record, ending)] if record.job_name else [],
        "counts": _counts(record, ending),
        "counts_source": "vertex" if ending.counts else None,
        "tokens": None,
        "cost_estimate": None,
        "warnings": _warnings(record),
        "error": ending.fault,
        "timestamps": {
            "dropped": drop.dropped_at,
            "claimed": record.times.claimed,
            "submitted": record.times.submitted,
            "job_started": job.started_at if job else None,
            "job_ended": job.ended_at if job else None,
            "frozen": now,
        },
    }
    attributes = {
        "ce-specversion": "1.0",
        "ce-id": event_id(drop.drop_id, type_, reason),
        "ce-source": f"/projects/{settings.project}/dropbatch/{settings.deployment}",
        "ce-type": type_,
        "ce-subject": drop.drop_id,
        "ce-time": now.isoformat().replace("+00:00", "Z"),
        "content-type": "application/json",
        "outcome": ending.outcome,
        "route": route.prefix,
        "model": route.model,
        "reason": ending.reason,
    }
    return Frozen(
        data=msgspec.json.encode(data).decode(),
        attributes={name: value for name, value in attributes.items() if value},
    )


def _drop(drop: Drop) -> dict[str, str]:
    return {
        "id": drop.drop_id,
        "bucket": drop.bucket,
        "name": drop.name,
        # An int64, so a string, as in Google's own JSON.
        "generation": str(drop.generation),
    }


def _job(record: Record, ending: Ending) -> dict[str, Any]:
    job = ending.job
    return {
        "key": str(record.job_key),
        "name": record.job_name,
        # Vertex AI's own word; a lost job has none to show.
        "state": f"JOB_STATE_{job.state.name}" if job else None,
        "error": publishable(job.error) if job and job.error else None,
    }


def _warnings(record: Record) -> list[Warn]:
    """What was odd about the file, and about its job: that is of all its rows."""
    if record.checked is None:
        return []
    warnings = [*record.checked.warnings]
    if record.in_doubt:
        odd, names = Odd.CREATE_IN_DOUBT, ""
        if record.twins:
            odd, names = Odd.SECOND_JOB, f" ({', '.join(record.twins)})"
        message = f"{odd.meaning}{names}"
        warnings.append(Warn(code=odd, message=message, rows=record.rows, first_line=1))
    return warnings


def _counts(record: Record, ending: Ending) -> Counts | None:
    if ending.counts:
        return ending.counts
    return Counts(rows=record.checked.rows) if record.checked else None


def pointer_name(drop: Drop) -> str:
    """
    The object under `by-name/` that leads from a file's name to its folder.

    A name too long for an object's name is cut and closed with its hash, after
    `%~`, which no percent-encoded name holds.
    """
    name = drop.quoted_name
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(drop.name.encode()).hexdigest()[:32]
        name = f"{name[: _LONGEST_NAME - 40]}%~{digest}"
    return f"by-name/{name}/{drop.generation}.json"


def pointer(record: Record, *, results_bucket: str) -> bytes:
    """What the pointer says; a function of the drop and its route alone."""
    drop = record.drop
    folder = output_uri(drop, record.route, results_bucket=results_bucket)
    return msgspec.json.encode(
        {
            "drop": _drop(drop),
            "output_uri": folder,
            "drop_uri": f"{folder}{DROP_JSON}",
        }
    )
