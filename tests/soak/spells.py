"""
What goes wrong while files are dropped, lane by lane: of each lane one thing at a
time, of all lanes at once. Every fault of the catalogue is here, or says why not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.soak.times import CREATE_TIMEOUT, LAG

Fault = Mapping[str, Any]

_RUN = {"service": "vertex", "method": "RunBatchPredictionJob"}


def _course(name: str, **script: Any) -> Fault:
    return {**_RUN, "name": name, "share": 0.6, "script": script}


_STORAGE: Sequence[Fault] = (
    {"name": "storage-flaky"},
    {"name": "storage-unavailable"},
    {"name": "storage-name-too-hot", "share": 0.5},
    {"name": "storage-token-ended", "share": 0.3},
    {"name": "storage-forbidden", "share": 0.3},
    {"name": "storage-missing-is-forbidden"},
    {"name": "storage-upload-lost", "share": 0.5},
    {"name": "storage-upload-lost-reset", "share": 0.5},
    {"name": "storage-upload-cut", "share": 0.5},
    {"name": "storage-upload-slow"},
    {"name": "storage-copy-lost", "share": 0.7},
    {"name": "storage-delete-lost", "share": 0.7},
    {"name": "storage-download-cut", "share": 0.7},
    {"name": "storage-download-slow"},
    {"name": "storage-slow", "share": 0.3},
    {"name": "storage-reset", "share": 0.5},
    {"name": "storage-list-unavailable", "share": 0.7},
)
_CALLS: Sequence[Fault] = (
    {"name": "create-quota"},
    {"name": "create-unavailable"},
    {"name": "create-lost-503"},
    {"name": "create-lost-504"},
    {"name": "create-lost-reset"},
    # Longer than the create waits, and over before the cloud is: not minutes.
    {"name": "create-lost-timeout", "delay_seconds": CREATE_TIMEOUT + 1, "times": 2},
    {"name": "create-reset"},
    {"name": "create-forbidden"},
    # These end a drop: a few are enough.
    {"name": "model-missing", "times": 1},
    {"name": "model-not-in-region", "times": 1},
    {"name": "location-forbidden", "times": 1},
    {"name": "list-lag", "list_lag_seconds": LAG},
    {"name": "list-unavailable"},
    {"name": "get-not-found"},
    {"name": "reads-quota", "share": 0.7},
    {"name": "vertex-flaky"},
)
_BY_NAME = (
    *("import-failed", "results-not-writable", "bucket-not-found", "system-error"),
    *("export-failed", "queued-and-pending", "queue-stuck", "expired"),
    *("cut-off-failed", "cut-off-cancelled", "partially-succeeded", "paused"),
    *("unknown-state", "cancel-too-late", "output-info-late"),
    *("output-info-after-end", "output-info-absent", "output-info-slash"),
    *("output-info-without-slash", "completion-stats-absent"),
    *("completion-stats-minus-one", "zero-counts-omitted", "error-details"),
    *("error-without-details", "expired-without-end-time", "incremental-predictions"),
    *("rows-shuffled", "nulls-in-requests", "ids-coerced", "rows-failed"),
    *("rows-failed-without-response", "rows-too-slow", "service-agents-provisioned"),
    *("rows-blocked", "rows-without-text", "rows-truncated", "rows-missing"),
)
# Those that stick for ever are cancelled by an operator, who is in the plan; these go
# on by themselves.
_STUCK: Mapping[str, Any] = {
    "after_share": 0.5,
    "stuck": True,
    "resume_after_seconds": 4,
}
_COURSES: Sequence[Fault] = (
    *({"name": name, "share": 0.6} for name in _BY_NAME),
    _course("paused-a-while", state="JOB_STATE_PAUSED", **_STUCK),
    _course("unknown-a-while", state="JOB_STATE_HIBERNATING", **_STUCK),
)
_MESSAGES: Sequence[Fault] = (
    {"name": "publish-lost", "times": 5},
    {"name": "publish-unavailable"},
    {"name": "publish-quota"},
    {"name": "publish-forbidden"},
    {"name": "publish-topic-missing"},
    {"name": "publish-reset", "times": 3},
    {"name": "publish-slow"},
    {"name": "acks-lost"},
    {"name": "stream-refused"},
    {"name": "stream-ends"},
    {"name": "pubsub-flaky"},
)
_EVENTS: Sequence[Fault] = (
    {"name": "events-duplicated"},
    {"name": "events-storm"},
    {"name": "events-duplicated-sometimes"},
    {"name": "events-late"},
    {"name": "events-out-of-order"},
    {"name": "events-lost"},
)

LANES: Mapping[str, Sequence[Fault]] = {
    "storage": _STORAGE,
    "calls": _CALLS,
    "courses": _COURSES,
    "messages": _MESSAGES,
    "events": _EVENTS,
}

# How long a lane is quiet between two spells, at least and at most: clients wait ever
# longer for what fails again and again, and where nothing gets on, nothing is tested.
GAPS: Mapping[str, tuple[float, float]] = {
    "storage": (2, 7),
    "calls": (1, 4),
    "courses": (0, 0.5),
    "messages": (2, 6),
    "events": (0.5, 2),
}

LEFT_OUT: Mapping[str, str] = {
    "pull-unavailable": "the subscriber keeps a stream open, and pulls nothing",
    "pull-lost": "the same",
    "acks-unavailable": "the same: it acknowledges within its stream",
}
