"""
The filter language of lists.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.lists.filter_grammar import parse_filter
from tests.unit.vertex.listed_jobs import DAY, found, job


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "jobs.sqlite3")
    yield store
    store.close()


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
