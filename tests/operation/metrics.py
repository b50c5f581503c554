"""The metrics that Terraform makes of events, and what Cloud Logging does with one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pages.runbook import events

NAME = "dropbatch"
_FILTER = re.compile(r'jsonPayload\.event="([a-z_]+)"')
_EXTRACT = re.compile(r"EXTRACT\(jsonPayload\.([a-z_]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric of logs; without a value it counts lines."""

    name: str
    filter: str
    labels: Mapping[str, str]
    value: str
    unit: str

    def matches(self, line: Mapping[str, Any]) -> bool:
        """Evaluate the one form that a filter may have."""
        found = _FILTER.fullmatch(self.filter)
        assert found, self.filter
        return bool(line["event"] == found[1])

    def label(self, label: str, line: Mapping[str, Any]) -> str:
        """What the label's extractor finds: empty for a field that is not there."""
        return str(line.get(_field(self.labels[label]), ""))

    def number(self, line: Mapping[str, Any]) -> float | None:
        """What the value's extractor finds, or None: then the line does not count."""
        value = line.get(_field(self.value))
        assert value is None or json.dumps(value) == str(value), value
        return value


def metrics() -> Iterator[Metric]:
    """Those of `terraform/metrics.tf`; a test on the plan holds both equal."""
    for event, it in events().items():
        if "count_by" in it:
            yield _metric(event, event, it["count_by"])
        for field, number in it.get("numbers", {}).items():
            yield _metric(
                f"{event}/{field}", event, number["by"], field, number["unit"]
            )


def _metric(
    name: str, event: str, labels: list[str], field: str = "", unit: str = "1"
) -> Metric:
    return Metric(
        name=name,
        filter=f'jsonPayload.event="{event}"',
        labels={label: f"EXTRACT(jsonPayload.{label})" for label in labels},
        value=f"EXTRACT(jsonPayload.{field})" if field else "",
        unit=unit,
    )


def _field(extractor: str) -> str:
    found = _EXTRACT.fullmatch(extractor)
    assert found, extractor
    return found[1]
