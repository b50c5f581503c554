"""
A job as clients see it: the BatchPredictionJob, in canonical JSON.
"""

import re
from typing import Any

from localcloud.vertex.jobs.job import Counts, Job, Phase, State
from localcloud.vertex.jobs.times import json_time
from localcloud.vertex.knobs import Knobs

Resource = dict[str, Any]

# What the service sets. A client that sends one of these is not refused, and not
# heard (AIP-203, OUTPUT_ONLY).
OUTPUT_ONLY = (
    "name",
    "modelVersionId",
    "outputInfo",
    "state",
    "error",
    "partialFailures",
    "resourcesConsumed",
    "completionStats",
    "createTime",
    "startTime",
    "endTime",
    "updateTime",
    "satisfiesPzs",
    "satisfiesPzi",
    "modelMonitoringStatsAnomalies",
    "modelMonitoringStatus",
)


# batch_prediction_job.proto, of `partial_failures`.
_MOST_FAILURES = 20
_VERSIONED = re.compile(r"projects/.*/models/[^/@]+@(\d+)")


def resource(
    job: Job, running: Counts | None, knobs: Knobs, *, settled: bool
) -> Resource:
    """
    The job's resource; `running` counts the rows of a job that runs, and `settled`
    says that it ended a while ago.
    """
    shown: Resource = {"name": job.name, **job.spec}
    labels = shown.pop("labels", None)
    if _shows_output_info(job, knobs, settled=settled):
        slash = "/" if knobs.output_directory_slash else ""
        shown["outputInfo"] = {"gcsOutputDirectory": f"{job.output_directory}{slash}"}
    shown["state"] = job.state
    if job.ended and job.error is not None:
        shown["error"] = {"code": job.error.code, "message": job.error.message}
        if knobs.error_details:
            shown["error"]["details"] = [_error_info(job)]
    failures = job.script.partial_failures if job.ended else ()
    if failures:
        shown["partialFailures"] = [
            {"code": each.code, "message": each.message}
            for each in failures[:_MOST_FAILURES]
        ]
    counts = job.counts if job.counts is not None else running
    if counts is not None and _shows_stats(job, knobs):
        stats = _completion_stats(job, counts, knobs)
        if stats:
            shown["completionStats"] = stats
    shown["createTime"] = json_time(job.create_time)
    if job.start_time is not None:
        shown["startTime"] = json_time(job.start_time)
    if job.end_time is not None:
        shown["endTime"] = json_time(job.end_time)
    shown["updateTime"] = json_time(job.update_time)
    if labels:
        shown["labels"] = labels
    version = _VERSIONED.fullmatch(job.spec["model"])
    shown["modelVersionId"] = "1" if version is None else version[1]
    return shown


def _shows_output_info(job: Job, knobs: Knobs, *, settled: bool) -> bool:
    if job.output_directory is None:
        return False
    match knobs.output_info:
        case "running":
            return True
        case "end":
            return job.ended
        case "late":
            return settled
        case "never":
            return False


def _shows_stats(job: Job, knobs: Knobs) -> bool:
    if job.start_time is None or not knobs.completion_stats:
        return False
    return job.ended or knobs.live_progress


def _completion_stats(job: Job, counts: Counts, knobs: Knobs) -> dict[str, str]:
    """
    Counts are int64, so text in JSON; a count of zero is left out.
    """
    incomplete = counts.incomplete
    if knobs.unknown_as_minus_one and not job.ended:
        incomplete = -1
    # Seen on a job that failed: successfulCount alone.
    if job.state == State.FAILED and job.phase is Phase.ENDED:
        incomplete = 0
    stats = {
        "successfulCount": counts.successful,
        "failedCount": counts.failed,
        "incompleteCount": incomplete,
    }
    return {
        name: str(count)
        for name, count in stats.items()
        if count or not knobs.zero_counts_omitted
    }


def _error_info(job: Job) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "BATCH_PREDICTION_FAILED",
        "domain": "aiplatform.googleapis.com",
        "metadata": {"job": job.name},
    }
