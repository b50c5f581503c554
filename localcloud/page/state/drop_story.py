"""
What has become of a drop, step by step, as its record and its job tell it.
"""

import json
from datetime import datetime
from typing import Any

from localcloud.page.state.times import shown
from shared.jobs import output_uri
from shared.outcomes import Outcome
from shared.records import Frozen, Record, State


def story(
    record: Record, job: dict[str, Any] | None, *, results_bucket: str
) -> dict[str, Any]:
    """
    The steps so far, where the results are, and the message.
    """
    message = record.message
    return {
        "steps": _steps(record, job),
        "output": output_uri(record.drop, record.route, results_bucket=results_bucket),
        "model": record.route.model,
        "location": record.route.location,
        "warnings": _warnings(record),
        "problems": [
            {"code": str(each.code), "line": each.line, "message": each.message}
            for each in record.report.problems
        ]
        if record.report
        else [],
        "message": _message(message) if message else None,
        "lateMessages": [_message(late.message) for late in record.late],
    }


def _message(message: Frozen) -> dict[str, Any]:
    return {
        "attributes": dict(message.attributes),
        "data": json.loads(message.data),
    }


def _warnings(record: Record) -> list[str]:
    """
    What the message says is odd, or what is known of it so far.
    """
    if record.message:
        said = json.loads(record.message.data).get("warnings", [])
        return [each["code"] for each in said]
    return (
        [str(each.code) for each in record.checked.warnings] if record.checked else []
    )


def _steps(record: Record, job: dict[str, Any] | None) -> list[dict[str, Any]]:
    times = record.times
    rows = f"{record.checked.rows:,} rows" if record.checked else ""
    steps = [
        _step("dropped", record.drop.dropped_at),
        _step("claimed", times.claimed),
        _step("staged", times.staged, rows),
        _step("submitted", times.submitted),
    ]
    if job:
        steps += [
            {"step": "running", "time": job["startTime"], "note": ""},
            {"step": "job ended", "time": job["endTime"], "note": job["state"]},
        ]
    outcome = record.message.attributes.get("outcome", "") if record.message else ""
    steps += [
        _step("frozen", times.frozen, outcome),
        _step("published", times.published, record.message_id),
    ]
    told = [step for step in steps if step["time"]]
    for late in record.late:
        at = datetime.fromisoformat(late.message.attributes["ce-time"])
        step = _step(Outcome.LATE, at, late.reason.replace("_", " "))
        earlier = sum(each["time"] <= step["time"] for each in told)
        told.insert(earlier, step)
    if record.state is State.HELD:
        until = shown(record.not_before) if record.not_before else None
        told.append({"step": "held", "time": None, "note": "", "until": until})
    return told


def _step(step: str, time: datetime | None, note: str = "") -> dict[str, Any]:
    return {"step": step, "time": shown(time) if time else None, "note": note}
