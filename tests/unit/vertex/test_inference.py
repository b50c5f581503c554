"""
The importer's rules for a whole file.
"""

from dataclasses import replace
from typing import Any

import pytest

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.stages.inference import Inference, SchemaError

KNOBS = Knobs()


def infer(*rows: dict[str, Any], knobs: Knobs = KNOBS) -> Inference:
    inference = Inference(knobs)
    for row in rows:
        inference.see(row)
    inference.finish()
    return inference


def nested(depth: int) -> dict[str, Any]:
    """
    A row with this many objects within each other, `request` being the first.
    """
    value: dict[str, Any] = {"leaf": 1}
    for _ in range(depth - 1):
        value = {"a": value}
    return {"request": value}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [{"request": {"tools": [{"google_search": {}}]}}],
            "Cannot store struct 'request.tools.google_search' with no fields",
        ),
        (
            [{"request": {"tools": [{}]}}],
            "Cannot store struct 'request.tools' with no fields",
        ),
        (
            [nested(16)],
            "Schema nested too deeply, at least 16 compared to the maximum allowed "
            "level of 15",
        ),
        ([{"request": {"$defs": {"a": 1}}}], 'Invalid field name "$defs"'),
        ([{"request": {"a b": 1}}], 'Invalid field name "a b"'),
        ([{"request": {"1a": 1}}], 'Invalid field name "1a"'),
        ([{"request": {"": 1}}], 'Invalid field name ""'),
        ([{"request": {"x" * 301: 1}}], 'Invalid field name "xxx'),
        (
            [{"request": {"text": 1, "Text": 2}}],
            "Duplicate(Case Insensitive) field names: Text",
        ),
        (
            [
                {"request": {"contents": [{"a": 1}]}},
                {"request": {"contents": {"a": 1}}},
            ],
            "Repeated field must be imported as a JSON array. Field: contents",
        ),
        (
            [{"request": {"tags": "a"}}, {"request": {"tags": ["a"]}}],
            "Repeated field must be imported as a JSON array. Field: tags",
        ),
        (
            [{"request": {"enum": ["a", None]}}],
            "Only optional fields can be set to NULL. Field: enum",
        ),
        (
            [{"request": {"rows": [["a"]]}}],
            "Array specified for non-repeated field: request.rows",
        ),
        (
            [{"request": {"a": "text"}}, {"request": {"a": 1}}],
            "Could not convert value to string. Field: request.a",
        ),
        (
            [{"request": {"a": [1, True]}}],
            "Could not convert value to integer. Field: request.a",
        ),
        (
            [{"key": "a", "request": {"a": 1}}, {"key": 1, "request": {"a": 1}}],
            "Could not convert value to string. Field: key",
        ),
        (
            [{"request": {"a": 1}}, {"request": {"a": {"b": 1}}}],
            "This field: request.a is not a record",
        ),
    ],
)
def test_a_broken_rule_fails_the_file_in_the_importers_words(
    rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(SchemaError) as failed:
        infer(*rows)
    assert message in str(failed.value)


@pytest.mark.parametrize(
    "rows",
    [
        [nested(15)],
        [{"request": {"a": 1}}, {"request": {"a": 1.5}}],
        [{"request": {"a": None}}, {"request": {"a": [1]}}, {"request": {"b": 1}}],
        [{"request": {"a": []}}, {"request": {"a": [{"b": 1}]}}],
        [{"request": {"_a1": 1, "x" * 300: 2}}],
        [{"request": {"a": {"text": 1}, "b": {"Text": 1}}}],
        [{"request": "text"}, {"request": "more text"}],
    ],
)
def test_what_breaks_no_rule_passes(rows: list[dict[str, Any]]) -> None:
    infer(*rows)


def test_an_empty_struct_may_pass_where_other_rows_have_fields() -> None:
    knobs = replace(KNOBS, any_empty_struct_fails=False)
    filled = {"request": {"tools": [{"google_search": {"a": 1}}]}}
    empty: dict[str, Any] = {"request": {"tools": [{"google_search": {}}]}}

    infer(empty, filled, knobs=knobs)

    with pytest.raises(SchemaError, match=r"request\.tools\.google_search"):
        infer(empty, empty, knobs=knobs)


def test_mixed_scalars_may_pass() -> None:
    rows: list[dict[str, Any]] = [{"request": {"a": 1}}, {"request": {"a": "text"}}]
    infer(*rows, knobs=replace(KNOBS, mixed_scalars_fail=False))


def test_a_file_has_a_limited_number_of_fields() -> None:
    knobs = replace(KNOBS, max_fields=10)
    infer({"request": {f"f{n}": 1 for n in range(9)}}, knobs=knobs)
    with pytest.raises(SchemaError, match="Too many total leaf fields: 11"):
        infer({"request": {f"f{n}": 1 for n in range(10)}}, knobs=knobs)


def test_the_gaps_are_where_a_row_lacks_what_another_has() -> None:
    alike = {"a": {"b": [{"c": 1}]}}
    assert infer(alike, alike).gaps() == {}
    inference = infer(
        {"request": {"contents": [{"parts": [{"text": "x"}]}], "labels": {"a": "b"}}},
        {
            "request": {
                "contents": [{"parts": [{"fileData": {"fileUri": "x"}}]}],
                "labels": {"a": "b"},
            }
        },
    )
    gap = {"text": None, "fileData": None}
    assert inference.gaps() == {"request": {"contents": {"parts": gap}}}
