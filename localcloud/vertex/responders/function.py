"""
A user's own function as the model.
"""

import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from localcloud.google_codes import Code
from localcloud.vertex.answers.answer import Asked
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.responders.responses import spoken, storable
from localcloud.vertex.responders.spec import ResponderError, Spec

_LONGEST_MESSAGE = 2_000
# The name under which a file is imported, whatever it is called.
_MODULE = "dropbatch_responder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    What a function may want to know beside the request.
    """

    key: Any
    """
    The row's `key`, or None.
    """
    model: str
    """
    The model's resource name, as the job has it.
    """
    read: Callable[[str], bytes]
    """
    Gives the content of a gs:// object that the request names.
    """


class FunctionResponder(Concurrent):
    """
    Calls the function in threads of its own, one row at a time unless told otherwise.

    Text becomes a response with that text, a dict is the response; whatever it raises
    makes a failed row.
    """

    def __init__(self, function: Callable[..., Any], at_once: int) -> None:
        super().__init__(at_once)
        self._function = function
        self._with_context = _wants_context(function)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="responder")

    def _begin(self, asked: Asked) -> "Future[Json]":
        return self._threads.submit(self._answer, asked)

    def _answer(self, asked: Asked) -> Json:
        try:
            answer = self._call(asked)
        except RowError:
            raise
        except BaseException as error:
            # sys.exit() too: it is a row's failure, never the worker's end.
            traceback.print_exc(file=sys.stderr)
            raise _failed(f"{type(error).__name__}: {error}") from error
        if isinstance(answer, str):
            return spoken(answer, asked)
        if isinstance(answer, dict):
            return storable(answer)
        raise _failed(
            f"TypeError: {self._function.__name__} returned "
            f"{type(answer).__name__}, not text or a response as a dict"
        )

    def _call(self, asked: Asked) -> Any:
        if not self._with_context:
            return self._function(asked.request)
        context = Context(key=asked.key, model=asked.model, read=asked.media.content)
        return self._function(asked.request, context)


def load_function(spec: Spec) -> Callable[..., Any]:
    """
    Import what the specification names; a ResponderError says what is wrong with it.
    """
    try:
        module = _from_file(spec) if spec.file else _from_path(spec)
    except BaseException as error:
        raise _not_imported(spec, error) from error
    function = getattr(module, spec.function, None)
    where = module.__file__ or spec.module
    if not callable(function):
        names = sorted(
            name
            for name, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__
        )
        has = f"it has {', '.join(names)}" if names else "it has none at all"
        raise ResponderError(f"{where} has no function {spec.function}: {has}")
    if inspect.iscoroutinefunction(function):
        raise ResponderError(
            f"{where}: {spec.function} is async. Write it as a plain function: "
            "?at_once=8 calls it in eight threads"
        )
    _wants_context(function, where)
    loaded: Callable[..., Any] = function
    return loaded


def _from_path(spec: Spec) -> ModuleType:
    # As with `python -m`.
    sys.path.insert(0, os.getcwd())
    return importlib.import_module(spec.module)


def _from_file(spec: Spec) -> ModuleType:
    assert spec.file is not None
    found = importlib.util.spec_from_file_location(_MODULE, spec.file)
    if found is None or found.loader is None:
        raise ResponderError(f"{spec.file} is no file of Python")
    # What stands beside it may be imported by it, as when it is run.
    sys.path.insert(0, str(spec.file.parent))
    module = importlib.util.module_from_spec(found)
    sys.modules[_MODULE] = module
    found.loader.exec_module(module)
    return module


def _not_imported(spec: Spec, error: BaseException) -> ResponderError:
    frames = traceback.extract_tb(error.__traceback__)
    # The last place outside the import machinery is where the user has to look.
    place = next(
        (f for f in reversed(frames) if "importlib" not in f.filename), frames[-1]
    )
    where = f"{place.filename}, line {place.lineno}"
    if isinstance(error, SyntaxError):
        where = f"{error.filename}, line {error.lineno}"
    said = f"python:{spec.module} can't be imported: {type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError):
        if error.name == spec.module.partition(".")[0] and not spec.file:
            return ResponderError(
                f"{said}. It is looked for in the folder that dropbatch is started "
                "in, and in PYTHONPATH: start it elsewhere, or name a file, as in "
                "python:path/to/file.py:FUNCTION"
            )
        return ResponderError(
            f"{said} ({where}). Install it beside dropbatch: {sys.executable} -m pip "
            f"install {error.name}"
        )
    return ResponderError(f"{said} ({where})")


def _wants_context(function: Callable[..., Any], where: str = "") -> bool:
    """
    Whether it takes a request and a context, or a request alone.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return False
    for count in (2, 1):
        try:
            signature.bind(*(None,) * count)
        except TypeError:
            continue
        return count == 2
    raise ResponderError(
        f"{where}: {function.__name__}{signature} takes neither (request) nor "
        "(request, context): one of these it must"
    )


def _failed(message: str) -> RowError:
    return RowError(message[:_LONGEST_MESSAGE], Code.INTERNAL)
