"""
The message types of Google's client libraries, without the services beside them.

Importing such a package runs an `__init__` that imports every service of it: Vertex
AI's in both versions take 1.5 s and 140 MB, Pub/Sub's a quarter of a second. So empty
packages that know nothing but their folder stand in for the real ones during the
import, and are gone afterwards: a later import of the real package finds the message
modules loaded and builds on them.
"""

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def message_types(package: str, *names: str) -> list[Any]:
    """
    The modules of these names that a package has under `types`.

    Raises ImportError if there is no such package or module.
    """
    stand_ins = _stand_ins(package)
    sys.modules.update(stand_ins)
    try:
        return [importlib.import_module(f"{package}.types.{name}") for name in names]
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def _stand_ins(package: str) -> dict[str, ModuleType]:
    """
    Empty packages for those of the two that are not imported yet.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = spec.submodule_search_locations[0]
    found = {}
    for name, path in ((package, folder), (f"{package}.types", f"{folder}/types")):
        if name not in sys.modules:
            found[name] = ModuleType(name)
            found[name].__path__ = [path]
    return found
