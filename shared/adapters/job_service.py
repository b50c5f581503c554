"""
The one way to google-cloud-aiplatform's JobServiceClient that does not pay for
the whole package.

`google.cloud.aiplatform_v1` imports every service when it is imported: twice
the time and the memory of all the rest of a function
(`benchmarks/cold_start.py`). While empty packages that know nothing but their
folder stand in its place, the one service and its types are imported alone,
unchanged; afterwards they are gone, and whoever imports the real package gets
it, built on the same modules.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_PACKAGE = "google.cloud.aiplatform_v1"
_HOLLOW = ("", ".types", ".services")


def job_service() -> tuple[Any, Any]:
    """
    Return the class JobServiceClient and the module of the job's types: the
    same as by the ordinary import, which is what is done when the package is
    there already or its layout has changed.
    """
    stand_ins = {} if _PACKAGE in sys.modules else _stand_ins()
    sys.modules.update(stand_ins)
    try:
        return _imported()
    except ImportError:
        if not stand_ins:
            raise
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
    return _imported()


def _imported() -> tuple[Any, Any]:
    client = importlib.import_module(f"{_PACKAGE}.services.job_service.client")
    types = importlib.import_module(f"{_PACKAGE}.types.batch_prediction_job")
    return client.JobServiceClient, types


def _stand_ins() -> dict[str, ModuleType]:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return {}
    root = spec.submodule_search_locations[0]
    found = {}
    for hollow in _HOLLOW:
        stand_in = found[_PACKAGE + hollow] = ModuleType(_PACKAGE + hollow)
        stand_in.__path__ = [root + hollow.replace(".", "/")]
    return found
