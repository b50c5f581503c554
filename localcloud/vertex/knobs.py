"""
Every behaviour of the service that is not certain, as a named setting.

A default is what evidence makes likely. `KNOBS` describes each one, so that a
page about what is simulated can be made from it.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple

HowSure = Literal["sure", "likely", "unknown"]


def _knob(
    default: Any, how_sure: HowSure, source: str, says: str, *, by_job: bool = True
) -> Any:
    described = {"how_sure": how_sure, "source": source, "says": says, "by_job": by_job}
    return field(default=default, metadata=described)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """
    What the simulator does where the real service is not known for certain.
    """

    # Creation
    reject_unsupported_fields: bool = _knob(
        True, "unknown", "D2", "modelParameters and the like are refused, not ignored"
    )
    global_only_models: tuple[str, ...] = _knob(
        ("gemini-3", "gemini-embedding-2"),
        "likely",
        "A3",
        "name prefixes of models whose batches exist in `global` alone",
    )
    missing_models: tuple[str, ...] = _knob(
        ("gemini-does-not-exist",), "sure", "D3", "names of models that don't exist"
    )
    token_required: bool = _knob(
        True, "likely", "D3", "a call without a token is a 401", by_job=False
    )
    wrong_endpoint: Literal["page", "invalid", "allow"] = _knob(
        "page",
        "likely",
        "D1",
        "another location's host: a 404 `page`, `invalid`, `allow`",
        by_job=False,
    )

    # Lists
    default_page_size: int = _knob(
        100, "unknown", "C5", "jobs on a page, unasked", by_job=False
    )
    max_page_size: int = _knob(
        100, "unknown", "C5", "jobs on a page, at most", by_job=False
    )

    # Life
    queued_state: bool = _knob(
        False, "likely", "C1", "the second half of the wait is shown as QUEUED"
    )
    cut_off_state: Literal["JOB_STATE_CANCELLED", "JOB_STATE_FAILED"] = _knob(
        "JOB_STATE_CANCELLED", "unknown", "A3", "how a job ends that ran over the limit"
    )
    end_time_on_expired: bool = _knob(
        False, "unknown", "C2", "an EXPIRED job carries an endTime"
    )
    cancel_twice_fails: bool = _knob(
        True, "likely", "C4", "a second cancel is refused while the first is under way"
    )
    output_info: Literal["running", "end", "never"] = _knob(
        "running",
        "unknown",
        "B1",
        "outputInfo appears on `running`, at the `end`, `never`",
    )
    output_directory_slash: bool = _knob(
        False, "likely", "B1", "gcsOutputDirectory ends with a slash"
    )
    live_progress: bool = _knob(
        True, "likely", "C2", "completionStats are shown while a job is RUNNING"
    )
    unknown_as_minus_one: bool = _knob(
        False, "unknown", "C2", 'incompleteCount is "-1" while a job is RUNNING'
    )
    error_details: bool = _knob(
        False,
        "unknown",
        "0.5",
        "a job's error carries details (google-genai chokes on them)",
    )

    # Import
    max_rows: int = _knob(200_000, "sure", "A3", "rows in a job")
    max_input_bytes: int = _knob(1_000_000_000, "sure", "A3", "bytes of input in a job")
    max_line_bytes: int = _knob(32 << 20, "unknown", "A1", "bytes of one line")
    max_depth: int = _knob(
        15, "likely", "A1", "objects within objects, `request` being one"
    )
    max_fields: int = _knob(10_000, "unknown", "A1", "different fields in a whole file")
    any_empty_struct_fails: bool = _knob(
        True,
        "likely",
        "A1",
        "one `{}` fails the job, even if other rows have fields there",
    )
    mixed_scalars_fail: bool = _knob(
        True, "likely", "A1", "text in one row and a number in another fail the job"
    )
    missing_object_code: int = _knob(
        9, "unknown", "D3", "the job error's code when the input object does not exist"
    )

    # Output
    echo_nulls: bool = _knob(
        True,
        "likely",
        "A1",
        "an echoed request gains nulls for fields that other rows have",
    )
    echo_sorted: bool = _knob(
        True, "likely", "A1", "an echoed request's keys are in alphabetical order"
    )
    coerce_numeric_ids: bool = _knob(
        False,
        "unknown",
        "A1",
        'text that is digits in every row comes back a number: "007"',
    )
    failed_response: Literal["empty", "absent"] = _knob(
        "empty", "sure", "B4", "a failed row's response is `empty` or `absent`"
    )
    shuffle: bool = _knob(True, "sure", "B3", "rows come back in another order")
    total_token_count: bool = _knob(
        True, "likely", "B2", "usageMetadata carries totalTokenCount"
    )
    role_required: bool = _knob(
        True, "likely", "B4", "a turn without a role is a failed row"
    )


class Knob(NamedTuple):
    """
    What is known of one knob; `source` is a section of the facts document.
    """

    default: Any
    how_sure: HowSure
    says: str
    source: str
    by_job: bool
    """
    Whether it may be set for one job, by the job's script.
    """


KNOBS: dict[str, Knob] = {
    each.name: Knob(default=each.default, **each.metadata) for each in fields(Knobs)
}
"""
Every knob by its name.
"""
