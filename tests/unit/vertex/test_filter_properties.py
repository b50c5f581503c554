"""
Filters drawn at random, written out, and compared with what they say.
"""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.lists.filter_fields import Comparison
from localcloud.vertex.lists.filter_grammar import And, Filter, Not, Or, parse_filter
from localcloud.vertex.lists.filter_sql import where
from tests.unit.vertex.listed_jobs import DAY, found, job


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    with suppress(ApiError):
        parse_filter(text)


_TOKENS = st.sampled_from(
    [
        *("display_name", "state", "create_time", "labels", "labels.a", "model", "."),
        *("=", "!=", ":", "<", ">=", "AND", "OR", "NOT", "-", "(", ")", ",", "*"),
        *("a", '"a"', "'a", '"', "JOB_STATE_FAILED", "2021-05-18T00:00:00Z", "\\"),
    ]
)


@settings(deadline=None)
@given(st.lists(_TOKENS, max_size=12), st.sampled_from(["", " "]))
def test_any_pieces_of_the_language_are_understood_or_refused(
    tokens: list[str], space: str
) -> None:
    """
    What is understood has a condition that the database takes.
    """
    with suppress(ApiError):
        condition, values = where(parse_filter(space.join(tokens)))
        assert condition.count("?") == len(values)


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
