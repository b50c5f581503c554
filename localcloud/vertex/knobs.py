"""
Every behaviour of the service that is not certain, as a named setting.

A default is what evidence makes likely. `KNOBS` describes each one, so that a
page about what is simulated can be made from it.
"""

from dataclasses import dataclass
from typing import Literal

from localcloud.knobs import Knob, described, knob


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """
    What the simulator does where the real service is not known for certain.
    """

    # Creation
    reject_unsupported_fields: bool = knob(
        True, "unknown", "D2", "modelParameters and the like are refused, not ignored"
    )
    global_only_models: tuple[str, ...] = knob(
        ("gemini-3", "gemini-embedding-2"),
        "likely",
        "A3",
        "name prefixes of models whose batches exist in `global` alone",
    )
    missing_models: tuple[str, ...] = knob(
        ("gemini-does-not-exist",), "sure", "D3", "names of models that don't exist"
    )
    forbidden_locations: tuple[str, ...] = knob(
        (), "likely", "D3", "locations that an organization's policy forbids: a 400"
    )
    token_required: bool = knob(
        True, "likely", "D3", "a call without a token is a 401", by_job=False
    )
    wrong_endpoint: Literal["page", "invalid", "allow"] = knob(
        "page",
        "likely",
        "D1",
        "another location's host: a 404 `page`, `invalid`, `allow`",
        by_job=False,
    )

    # Quotas and lists
    submissions_per_minute: int | None = knob(
        60,
        "likely",
        "C5",
        "creates and deletes a minute, project and region; null: no quota",
        by_job=False,
    )
    reads_per_minute: int | None = knob(
        600,
        "likely",
        "C5",
        "other calls a minute, project and region; null: no quota",
        by_job=False,
    )
    list_order: Literal["newest", "oldest"] = knob(
        "newest",
        "unknown",
        "C5",
        "a list begins with the `newest` jobs, or the `oldest`",
        by_job=False,
    )
    list_lag_seconds: float = knob(
        0.0,
        "unknown",
        "C5",
        "how old a job must be to be in lists, durations not shortened",
        by_job=False,
        most=1_000_000_000,
    )
    jobs_kept_seconds: float | None = knob(
        None,
        "unknown",
        "C4",
        "how long a job that has ended is known, durations not shortened; null: for "
        "ever",
        by_job=False,
        most=1_000_000_000,
    )
    default_page_size: int = knob(
        100, "unknown", "C5", "jobs on a page, unasked", by_job=False, least=1
    )
    max_page_size: int = knob(
        100, "unknown", "C5", "jobs on a page, at most", by_job=False, least=1
    )

    # Life
    queued_state: bool = knob(
        False, "likely", "C1", "the second half of the wait is shown as QUEUED"
    )
    queue_flicker: bool = knob(
        False, "likely", "C1", "a job that waits goes to QUEUED and back to PENDING"
    )
    some_failed_state: Literal[
        "JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED"
    ] = knob(
        "JOB_STATE_SUCCEEDED",
        "likely",
        "B4",
        "how a job ends of which rows failed: `JOB_STATE_SUCCEEDED`, "
        "`JOB_STATE_PARTIALLY_SUCCEEDED`",
    )
    cut_off_state: Literal["JOB_STATE_CANCELLED", "JOB_STATE_FAILED"] = knob(
        "JOB_STATE_CANCELLED",
        "unknown",
        "A3",
        "how a job ends that ran over the limit: `JOB_STATE_CANCELLED`, "
        "`JOB_STATE_FAILED`",
    )
    end_time_on_expired: bool = knob(
        False, "unknown", "C2", "an EXPIRED job carries an endTime"
    )
    cancel_twice_fails: bool = knob(
        True, "likely", "C4", "a second cancel is refused while the first is under way"
    )
    output_info: Literal["running", "end", "late", "never"] = knob(
        "running",
        "unknown",
        "B1",
        "outputInfo appears on `running`, at the `end`, `late` after it, `never`",
    )
    output_directory_slash: bool = knob(
        False, "likely", "B1", "gcsOutputDirectory ends with a slash"
    )
    live_progress: bool = knob(
        True, "likely", "C2", "completionStats are shown while a job is RUNNING"
    )
    completion_stats: bool = knob(
        True, "likely", "C2", "completionStats are there at all"
    )
    zero_counts_omitted: bool = knob(
        True, "sure", "C2", "a count of zero is left out of completionStats"
    )
    unknown_as_minus_one: bool = knob(
        False, "unknown", "C2", 'incompleteCount is "-1" while a job is RUNNING'
    )
    error_details: bool = knob(
        False,
        "unknown",
        "0.5",
        "a job's error carries details (google-genai chokes on them)",
    )

    # Import
    max_rows: int = knob(200_000, "sure", "A3", "rows in a job")
    max_input_bytes: int = knob(1_000_000_000, "sure", "A3", "bytes of input in a job")
    max_line_bytes: int = knob(32 << 20, "unknown", "A1", "bytes of one line")
    max_depth: int = knob(
        15, "likely", "A1", "objects within objects, `request` being one"
    )
    max_fields: int = knob(10_000, "unknown", "A1", "different fields in a whole file")
    any_empty_struct_fails: bool = knob(
        True,
        "likely",
        "A1",
        "one `{}` fails the job, even if other rows have fields there",
    )
    query_error_prefix: bool = knob(
        False, "likely", "A1", "an empty struct's message begins with `Query error: `"
    )
    overlapping_inputs_once: bool = knob(
        True, "unknown", "A1", "a file that two input URIs match is read once"
    )
    mixed_scalars_fail: bool = knob(
        True, "likely", "A1", "text in one row and a number in another fail the job"
    )
    missing_object_code: int = knob(
        9, "unknown", "D3", "the job error's code when the input object does not exist"
    )

    # Output
    incremental_files: bool = knob(
        True, "likely", "B1", "a job that runs long writes the rows done so far"
    )
    incremental_name: str = knob(
        "incremental_predictions/predictions_{number}.jsonl",
        "unknown",
        "B1",
        "what such a file is called in the job's folder; {number} has 5 digits",
    )
    rows_per_output_file: int = knob(
        0,
        "unknown",
        "B1",
        "more rows are written as predictions_0001.jsonl and so on; 0: never",
    )
    cancelled_exports: bool = knob(
        True,
        "likely",
        "B1",
        "a job that is cancelled or cut off leaves predictions.jsonl with what is done",
    )
    row_status_prefix: Literal["reason", "bad_request", "none"] = knob(
        "reason",
        "unknown",
        "B4",
        "a failed row's status begins with the HTTP `reason`, with Bad Request always "
        "(`bad_request`), or with `none`",
    )
    model_version_suffix: str = knob(
        "", "likely", "B2", "what follows the name in modelVersion: `@default` once did"
    )
    echo_nulls: bool = knob(
        True,
        "likely",
        "A1",
        "an echoed request gains nulls for fields that other rows have",
    )
    echo_sorted: bool = knob(
        True, "likely", "A1", "an echoed request's keys are in alphabetical order"
    )
    coerce_numeric_ids: bool = knob(
        False,
        "unknown",
        "A1",
        'text that is digits in every row comes back a number: "007"',
    )
    failed_response: Literal["empty", "absent"] = knob(
        "empty", "sure", "B4", "a failed row's response is `empty` or `absent`"
    )
    shuffle: bool = knob(True, "sure", "B3", "rows come back in another order")
    total_token_count: bool = knob(
        True, "likely", "B2", "usageMetadata carries totalTokenCount"
    )
    role_required: bool = knob(
        True, "likely", "B4", "a turn without a role is a failed row"
    )


KNOBS: dict[str, Knob] = described(Knobs)
"""
Every knob by its name.
"""
