"""The fields that are known are those that Google's own types have."""

import ast
import importlib.util
from pathlib import Path

import pytest

from shared import parts, rows

OURS = {
    # The model is the job's.
    "GenerateContentRequest": rows._REQUEST | {"model"},
    "GenerationConfig": rows._CONFIG,
    "Content": parts._CONTENT,
    "Part": parts._PART,
}


def fields_of(package: str, message: str) -> set[str]:
    """A message's fields, read from the source: its import takes five seconds."""
    spec = importlib.util.find_spec(package)
    assert spec
    assert spec.origin
    types = Path(spec.origin).parent / "types"
    module = "prediction_service" if message.endswith("Request") else "content"
    for node in ast.parse((types / f"{module}.py").read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name == message:
            return {
                parts.camel(ast.unparse(each.target))
                for each in node.body
                if isinstance(each, ast.AnnAssign)
            }
    raise LookupError(message)


@pytest.mark.parametrize("message", OURS)
@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_no_field_of_googles_types_is_told_as_unknown(
    message: str, version: str
) -> None:
    fields = fields_of(f"google.cloud.aiplatform_{version}", message)

    assert len(fields) > 1
    assert fields <= OURS[message]
