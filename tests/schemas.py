"""The published JSON Schemas, to hold against whatever a test sees."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

_FOLDER = Path(__file__).parent.parent / "schemas"


def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((_FOLDER / f"{name}.v1.schema.json").read_bytes())
    return Draft202012Validator(schema, validate_formats=True)


_DROP, _ATTRIBUTES, _REPORT = map(_validator, ("drop", "attributes", "report"))


def check_message(data: bytes, attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return a message's data, once both it and its attributes fit the schemas."""
    _expect_to_fit(data, frozenset(attributes.items()))
    decoded: dict[str, Any] = json.loads(data)
    assert attributes["ce-subject"] == decoded["drop"]["id"]
    assert attributes["outcome"] == decoded["outcome"]
    assert attributes.get("reason") == decoded["reason"]
    return decoded


# Enumerations come by the same messages again and again.
@lru_cache(maxsize=10_000)
def _expect_to_fit(data: bytes, attributes: frozenset[tuple[str, str]]) -> None:
    _DROP.validate(json.loads(data))
    _ATTRIBUTES.validate(dict(attributes))


def check_report(content: bytes) -> dict[str, Any]:
    """Return a report, once it fits its schema."""
    decoded: dict[str, Any] = json.loads(content)
    _REPORT.validate(decoded)
    return decoded
