"""
Every behaviour of the service that is not certain, as a named setting.

A default is what evidence makes likely. `KNOBS` describes each one, so that a
page about what is simulated can be made from it.
"""

from dataclasses import dataclass, field, fields
from typing import Any


def _knob(default: Any, how_sure: str, says: str) -> Any:
    return field(default=default, metadata={"how_sure": how_sure, "says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """
    What the simulator does where the real service is not known for certain.
    """

    # Creation
    reject_unsupported_fields: bool = _knob(
        True, "unknown", "modelParameters and the like are refused, not ignored"
    )
    global_only_models: tuple[str, ...] = _knob(
        ("gemini-3", "gemini-embedding-2"),
        "likely",
        "name prefixes of models whose batches exist in `global` alone",
    )
    missing_models: tuple[str, ...] = _knob(
        ("gemini-does-not-exist",), "sure", "names of models that don't exist"
    )
    token_required: bool = _knob(True, "likely", "a call without a token is a 401")
    wrong_endpoint: str = _knob(
        "page", "likely", "another location's host: a 404 `page`, `invalid`, `allow`"
    )

    # Lists
    default_page_size: int = _knob(100, "unknown", "jobs on a page, unasked")
    max_page_size: int = _knob(100, "unknown", "jobs on a page, at most")

    # Life
    queued_state: bool = _knob(
        False, "likely", "the second half of the wait is shown as QUEUED"
    )
    cut_off_state: str = _knob(
        "JOB_STATE_CANCELLED", "unknown", "how a job ends that ran over the limit"
    )
    end_time_on_expired: bool = _knob(
        False, "unknown", "an EXPIRED job carries an endTime"
    )
    cancel_twice_fails: bool = _knob(
        True, "likely", "a second cancel is refused while the first is under way"
    )
    output_info: str = _knob(
        "running", "unknown", "outputInfo appears on `running`, at the `end`, `never`"
    )
    output_directory_slash: bool = _knob(
        False, "likely", "gcsOutputDirectory ends with a slash"
    )
    live_progress: bool = _knob(
        True, "likely", "completionStats are shown while a job is RUNNING"
    )
    unknown_as_minus_one: bool = _knob(
        False, "unknown", 'incompleteCount is "-1" while a job is RUNNING'
    )
    error_details: bool = _knob(
        False, "unknown", "a job's error carries details (google-genai chokes on them)"
    )

    # Import
    max_rows: int = _knob(200_000, "sure", "rows in a job")
    max_input_bytes: int = _knob(1_000_000_000, "sure", "bytes of input in a job")
    max_line_bytes: int = _knob(32 << 20, "unknown", "bytes of one line")
    max_depth: int = _knob(15, "likely", "objects within objects, `request` being one")
    max_fields: int = _knob(10_000, "unknown", "different fields in a whole file")
    any_empty_struct_fails: bool = _knob(
        True, "likely", "one `{}` fails the job, even if other rows have fields there"
    )
    mixed_scalars_fail: bool = _knob(
        True, "likely", "text in one row and a number in another fail the job"
    )
    missing_object_code: int = _knob(
        9, "unknown", "the job error's code when the input object does not exist"
    )

    # Output
    echo_nulls: bool = _knob(
        True, "likely", "an echoed request gains nulls for fields that other rows have"
    )
    echo_sorted: bool = _knob(
        True, "likely", "an echoed request's keys are in alphabetical order"
    )
    coerce_numeric_ids: bool = _knob(
        False, "unknown", 'text that is digits in every row comes back a number: "007"'
    )
    failed_response: str = _knob(
        "empty", "sure", "a failed row's response is `empty` or `absent`"
    )
    shuffle: bool = _knob(True, "sure", "rows come back in another order")
    total_token_count: bool = _knob(
        True, "likely", "usageMetadata carries totalTokenCount"
    )
    role_required: bool = _knob(True, "likely", "a turn without a role is a failed row")


KNOBS: dict[str, tuple[Any, str, str]] = {
    each.name: (each.default, each.metadata["how_sure"], each.metadata["says"])
    for each in fields(Knobs)
}
"""
Name -> (default, how sure the default is, what it says).
"""
