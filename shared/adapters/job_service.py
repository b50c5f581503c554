"""
The one way to google-cloud-aiplatform's JobServiceClient that does not pay for
the whole package.

`google.cloud.aiplatform_v1` imports every service when it is imported: 1.5
times the time and twice the memory of all the rest of a function
(`benchmarks/cold_start.py`). An empty package in its place, with the right
path, lets the one service and its types be imported alone, unchanged.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_PACKAGE = "google.cloud.aiplatform_v1"
_HOLLOW = (_PACKAGE, f"{_PACKAGE}.types", f"{_PACKAGE}.services")


def job_service() -> tuple[Any, Any]:
    """
    Return the class JobServiceClient and the module of the job's types.

    The same classes as by the ordinary import, which is what is done when the
    package is there already or its layout has changed.
    """
    if _PACKAGE not in sys.modules:
        _hollow_out()
    try:
        return _imported()
    except ImportError:
        for name in [n for n in sys.modules if n.startswith(_PACKAGE)]:
            del sys.modules[name]
        return _imported()


def _imported() -> tuple[Any, Any]:
    client = importlib.import_module(f"{_PACKAGE}.services.job_service.client")
    types = importlib.import_module(f"{_PACKAGE}.types.batch_prediction_job")
    return client.JobServiceClient, types


def _hollow_out() -> None:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return
    root = spec.submodule_search_locations[0]
    for name in _HOLLOW:
        module = ModuleType(name)
        module.__path__ = [root + name.removeprefix(_PACKAGE).replace(".", "/")]
        sys.modules[name] = module
