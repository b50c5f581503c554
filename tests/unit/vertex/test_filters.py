"""
The filter language of lists.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.job import Job
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.lists.filter_fields import Comparison
from localcloud.vertex.lists.filter_grammar import And, Filter, Not, Or, parse_filter

SECOND = 1_000_000
DAY = 1_621_296_000 * SECOND  # 2021-05-18T00:00:00Z


def job(number: int, **fields: Any) -> Job:
    spec = {
        "displayName": fields.get("display_name", "a"),
        "labels": fields.get("labels", {}),
    }
    moment = fields.get("create_time", DAY)
    return Job(
        id=str(number),
        project="1",
        location="global",
        spec=spec,
        create_time=moment,
        update_time=moment,
        due=None,
        state=fields.get("state", "JOB_STATE_RUNNING"),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "jobs.sqlite3")
    yield store
    store.close()


def found(store: Store, text: str) -> list[str]:
    """
    The names of the jobs that pass, oldest first.
    """
    page = store.page(
        *("1", "global", parse_filter(text)),
        before=None,
        created_until=1 << 62,
        size=1_000,
    )
    return [listed.job.spec["displayName"] for listed in reversed(page)]


JOBS: list[dict[str, Any]] = [
    {"display_name": "my_job_1", "state": "JOB_STATE_SUCCEEDED"},
    {"display_name": "my_job", "state": "JOB_STATE_FAILED"},
    {"display_name": "your job", "labels": {"keyA": "valueA", "bp-env": "x"}},
    {"display_name": "old", "create_time": DAY - 1, "labels": {"keyB": ""}},
    {"display_name": "day", "create_time": DAY, "state": "JOB_STATE_QUEUED"},
    {"display_name": "a [x]?*", "create_time": DAY + 500_000},
]
EVERY = [str(fields["display_name"]) for fields in JOBS]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # The examples of the documentation.
        ('state="JOB_STATE_SUCCEEDED" AND display_name:"my_job_*"', ["my_job_1"]),
        (
            'state!="JOB_STATE_FAILED" OR display_name="my_job"',
            EVERY,
        ),
        ('NOT display_name="my_job"', [n for n in EVERY if n != "my_job"]),
        ('create_time>"2021-05-18T00:00:00Z"', ["a [x]?*"]),
        ("labels.keyA=valueA", ["your job"]),
        ("labels.keyB:*", ["old"]),
        # What SDKs and this project send.
        (
            'state="JOB_STATE_QUEUED" OR state="JOB_STATE_PENDING" OR '
            'state="JOB_STATE_RUNNING"',
            ["your job", "old", "day", "a [x]?*"],
        ),
        ('display_name:"my_*"', ["my_job_1", "my_job"]),
        (
            'labels.bp-env="x" AND (state="JOB_STATE_RUNNING" OR '
            'state="JOB_STATE_QUEUED")',
            ["your job"],
        ),
        # The rest of the grammar.
        ("", EVERY),
        ("   ", EVERY),
        ("display_name = my_job", ["my_job"]),
        ("display_name='my_job'", ["my_job"]),
        ('display_name="my\\_job"', ["my_job"]),
        ('display_name:"*job*"', ["my_job_1", "my_job", "your job"]),
        ('display_name:"my_job"', ["my_job"]),
        ('display_name="my_*"', []),
        ('display_name:"a [x]?\\*"', ["a [x]?*"]),
        ('display_name:"? [x]*"', []),
        ("labels.keyA!=valueA", [n for n in EVERY if n != "your job"]),
        ("NOT labels.keyA=valueA", [n for n in EVERY if n != "your job"]),
        ("NOT labels.keyB:*", [n for n in EVERY if n != "old"]),
        ("labels:keyB", ["old"]),
        ("-labels:keyB", [n for n in EVERY if n != "old"]),
        ('labels."keyA":value*', ["your job"]),
        ("create_time<2021-05-18T00:00:00Z", ["old"]),
        ("create_time<=2021-05-17T20:00:00-04:00", [n for n in EVERY if n[0] != "a"]),
        ("create_time=2021-05-18T00:00:00.5Z", ["a [x]?*"]),
        ("create_time!=2021-05-18T00:00:00.000000Z", ["old", "a [x]?*"]),
        ("create_time>=2021-05-18t00:00:00.4z", ["a [x]?*"]),
        ("model_display_name=model", EVERY),
        ("model_display_name!=model", []),
        # OR binds tighter than AND, and terms side by side are ANDed.
        ("display_name=old AND display_name=day OR display_name=old", ["old"]),
        ("display_name=old OR display_name=day labels:keyB", ["old"]),
        ("NOT (display_name=old OR display_name=day)", [*EVERY[:3], "a [x]?*"]),
        ("((((display_name=old))))", ["old"]),
        ("NOT(display_name:*)", []),
    ],
)
def test_filters_mean_what_is_documented(
    store: Store, text: str, names: list[str]
) -> None:
    for number, fields in enumerate(JOBS):
        store.add(job(number, **fields))
    assert found(store, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "my_job",
        "=",
        '"',
        "(",
        ")",
        "()",
        "AND",
        "NOT",
        "display_name",
        "display_name=",
        "display_name==a",
        "display_name='a",
        "display_name=a)",
        "(display_name=a",
        "display_name=a AND",
        "display_name=a OR",
        "display_name=a AND OR display_name=b",
        "NOT NOT display_name=a",
        "display_name=a, display_name=b",
        "display_name>a",
        "display_name.x=a",
        "state:JOB_STATE_*",
        "state=RUNNING",
        "state=3",
        "state<JOB_STATE_FAILED",
        "model=publishers/google/models/x",
        "modelDisplayName=model",
        "displayName=a",
        "create_time:*",
        "create_time>yesterday",
        "create_time>2021-05-18",
        "create_time>2021-05-18T00:00:00",
        "create_time>2021-13-45T00:00:00Z",
        "create_time>2021-05-18T00:00:00+99:99",
        "labels=a",
        "labels.a.b=c",
        "labels.a>b",
        "labels.=a",
        "display_name=\ud800",
        "(" * 60 + "display_name=a" + ")" * 60,
        " OR ".join(["display_name=a"] * 501),
    ],
)
def test_nonsense_is_an_invalid_argument(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_filter(text)
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert "Invalid list filter" in refused.value.message


def test_the_longest_filter_is_one_that_the_database_takes(store: Store) -> None:
    store.add(job(1))
    assert found(store, " OR ".join(["display_name=a"] * 500)) == ["a"]
    assert found(store, " AND ".join(["NOT display_name=b"] * 500)) == ["a"]
    assert found(store, "(" * 50 + "display_name=a" + ")" * 50) == ["a"]


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    with suppress(ApiError):
        parse_filter(text)


# Filters drawn at random, written out, and compared with what they say.

_VALUES = ["a", "ab", "b", 'q"\\', "ä *", ""]
_STATES = ["JOB_STATE_RUNNING", "JOB_STATE_FAILED"]
_KEYS = ["k", "key-2"]
_names = st.sampled_from(_VALUES)
_comparisons = st.one_of(
    st.builds(
        Comparison,
        st.just("display_name"),
        st.sampled_from(["=", "!=", ":"]),
        st.sampled_from([*_VALUES, "a*", "*b", "*"]),
    ),
    st.builds(
        Comparison,
        st.just("state"),
        st.sampled_from(["=", "!="]),
        st.sampled_from(_STATES),
    ),
    st.builds(
        Comparison,
        st.just("create_time"),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.integers(DAY - 2, DAY + 2),
    ),
    st.builds(
        Comparison,
        st.just("labels"),
        st.sampled_from(["=", "!=", ":"]),
        st.sampled_from([*_VALUES, "*"]),
        st.sampled_from(_KEYS),
    ),
)
_filters: st.SearchStrategy[Filter] = st.recursive(
    _comparisons,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
_jobs = st.lists(
    st.fixed_dictionaries(
        {
            "display_name": _names,
            "state": st.sampled_from(_STATES),
            "create_time": st.integers(DAY - 2, DAY + 2),
            "labels": st.dictionaries(st.sampled_from(_KEYS), _names),
        }
    ),
    max_size=6,
)


def written(parsed: Filter) -> str:
    match parsed:
        case Not(term):
            return f"NOT ({written(term)})"
        case And(terms):
            return " AND ".join(f"({written(term)})" for term in terms)
        case Or(terms):
            return " OR ".join(f"({written(term)})" for term in terms)
        case Comparison(field, operator, value, key):
            name = f"{field}.{key}" if key else field
            if isinstance(value, int):
                value = f"2021-05-1{7 if value < DAY else 8}T{_clock(value)}Z"
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'{name}{operator}"{escaped}"'


def _clock(micros: int) -> str:
    return (
        f"23:59:59.{micros - DAY + 1_000_000:06}"
        if micros < DAY
        else (f"00:00:00.{micros - DAY:06}")
    )


def passes(parsed: Filter, fields: dict[str, Any]) -> bool:
    match parsed:
        case Not(term):
            return not passes(term, fields)
        case And(terms):
            return all(passes(term, fields) for term in terms)
        case Or(terms):
            return any(passes(term, fields) for term in terms)
        case Comparison(field, operator, value, key):
            actual = fields["labels"].get(key) if key else fields[field]
            if operator == ":":
                return actual is not None and _like(actual, str(value))
            if operator in ("=", "!="):
                return bool((actual == value) == (operator == "="))
            return bool(
                {
                    "<": actual < value,
                    "<=": actual <= value,
                    ">": actual > value,
                    ">=": actual >= value,
                }[operator]
            )


def _like(text: str, pattern: str) -> bool:
    head, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(head):
        return False
    text = text[len(head) :]
    for middle in rest[:-1]:
        if middle not in text:
            return False
        text = text[text.index(middle) + len(middle) :]
    return text.endswith(rest[-1])


@settings(max_examples=150, deadline=None)
@given(_filters, _jobs)
def test_a_filter_finds_exactly_what_it_says(
    tmp_path_factory: pytest.TempPathFactory,
    wanted: Filter,
    jobs: list[dict[str, Any]],
) -> None:
    store = Store(tmp_path_factory.mktemp("filters") / "jobs.sqlite3")
    for number, fields in enumerate(jobs):
        store.add(job(number, **fields))
    expected = [each["display_name"] for each in jobs if passes(wanted, each)]
    assert found(store, written(wanted)) == expected
    store.close()
