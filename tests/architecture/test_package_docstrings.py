"""
A service's package says in its docstring what lies in it, whole and nothing else.
"""

import ast
import re
from pathlib import Path

import pytest

_LOCALCLOUD = Path(__file__).parents[2] / "localcloud"


@pytest.mark.parametrize("package", ["pubsub", "storage", "vertex"])
def test_a_services_docstring_lists_its_parts(package: str) -> None:
    folder = _LOCALCLOUD / package
    modules = {file.name for file in folder.glob("*.py")} - {"__init__.py"}
    packages = {f"{file.parent.name}/" for file in folder.glob("*/__init__.py")}

    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))

    assert set(re.findall(r"^ {4}(\S+) ", told or "", re.M)) == modules | packages
