"""
The nulls that a request comes back with, against the rule in its plainest form.
"""

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.stages.echo import Echo
from localcloud.vertex.rows.stages.inference import Inference, SchemaError

Json = dict[str, Any]

KNOBS = Knobs()

_TEXT = st.sampled_from(["x", "y"])
_LEAVES = st.dictionaries(st.sampled_from("tu"), _TEXT | st.none(), min_size=1)
_PARTS = st.dictionaries(
    st.sampled_from(["text", "data"]), _TEXT, min_size=1
) | st.fixed_dictionaries({"file": _LEAVES}, optional={"text": _TEXT})
_REQUESTS = st.fixed_dictionaries(
    {
        "contents": st.lists(
            st.fixed_dictionaries({"parts": st.lists(_PARTS, max_size=3)}), max_size=2
        )
    },
    optional={"config": _LEAVES | st.none(), "labels": _LEAVES},
)


def test_a_struct_alike_in_all_rows_gains_nothing() -> None:
    assert filled([{"a": {"b": "x"}}, {"a": {"b": "y"}}]) == [
        {"a": {"b": "x"}},
        {"a": {"b": "y"}},
    ]


def test_a_null_where_others_have_a_struct_stays_one() -> None:
    assert filled([{"a": {"b": "x"}}, {"a": None}, {"c": "y"}]) == [
        {"a": {"b": "x"}, "c": None},
        {"a": None, "c": None},
        {"a": None, "c": "y"},
    ]


# How soon the machine gets round to it is no matter of this test.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_REQUESTS, min_size=1, max_size=4))
def test_every_struct_comes_back_with_the_fields_of_all(requests: list[Json]) -> None:
    try:
        found = filled(requests)
    except SchemaError:
        return
    assert found == plainly_filled(requests)


def filled(requests: list[Json]) -> list[Json]:
    """
    The requests as they are echoed.
    """
    inference = Inference(KNOBS)
    for request in requests:
        inference.see({"request": request})
    inference.finish()
    schema = {"fields": inference.gaps(), "numeric": []}
    echo = Echo(json.loads(json.dumps(schema)), KNOBS)
    return [json.loads(bytes(echo.request(deepcopy(each)))) for each in requests]


def plainly_filled(requests: list[Json]) -> list[Json]:
    """
    The same by walking all rows for each path.
    """
    fields: dict[tuple[str, ...], set[str]] = {}

    def collect(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, list):
            for item in value:
                collect(item, path)
        elif isinstance(value, dict):
            fields.setdefault(path, set()).update(value)
            for name, item in value.items():
                collect(item, (*path, name))

    def fill(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [fill(item, path) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: fill(value.get(name), (*path, name)) for name in sorted(fields[path])
        }

    for request in requests:
        collect(request, ())
    return [fill(request, ()) for request in requests]
