"""
How a user says what is to answer rows: one line of text, checked as it is read.

    simulated
    recorded:FILE[?otherwise=simulated]
    openai:URL[#MODEL][?at_once=8&seconds=300&tries=4&key=VARIABLE]
    python:MODULE_OR_FILE:FUNCTION[?at_once=1]

Reading one imports and runs nothing of what it names, and asks nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from localcloud.vertex.responders.loopback import NotLoopbackError, base_url

FORMS = "simulated, recorded:FILE, openai:URL[#MODEL] or python:MODULE_OR_FILE:FUNCTION"

Kind = Literal["simulated", "recorded", "openai", "python"]

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "recorded": ("otherwise",),
    "openai": ("at_once", "seconds", "tries", "key"),
    "python": ("at_once",),
}
_MOST_AT_ONCE = 256
_MOST_TRIES = 20
_LONGEST_SECONDS = 86_400


class ResponderError(Exception):
    """
    Nothing can answer rows as it was asked for; the message says what would be right.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """
    A checked specification. `text` is the same again, with nothing that depends on
    the folder it was read in.
    """

    kind: Kind
    text: str
    file: Path | None = None
    module: str = ""
    function: str = ""
    url: str = ""
    model: str = ""
    simulate_others: bool = False
    at_once: int = 1
    seconds: float = 0.0
    tries: int = 1
    key_variable: str = ""


SIMULATED = Spec(kind="simulated", text="simulated")


def parse(text: str) -> Spec:
    """
    Read a specification, or raise a ResponderError.
    """
    kind, colon, rest = text.partition(":")
    if text == "simulated":
        return SIMULATED
    if kind not in _OPTIONS or not colon:
        raise ResponderError(f"{text!r} is no responder: use {FORMS}")
    what, options = _options(kind, rest)
    match kind:
        case "recorded":
            return _recorded(what, options)
        case "openai":
            return _openai(what, options)
        case _:
            return _python(what, options)


def _options(kind: str, rest: str) -> tuple[str, dict[str, str]]:
    """
    What is before the options, and they: a `?` without a `=` after it is none.
    """
    what, mark, query = rest.rpartition("?")
    if not mark or "=" not in query:
        return rest, {}
    known = _OPTIONS[kind]
    given = dict(parse_qsl(query, keep_blank_values=True))
    for name in given:
        if name not in known:
            raise ResponderError(
                f"{kind}: has no option {name!r}: use {' or '.join(known)}"
            )
    return what, given


def _recorded(what: str, options: Mapping[str, str]) -> Spec:
    if not what:
        raise ResponderError("recorded: names no file: use recorded:FILE")
    file = Path(what).expanduser().absolute()
    if not file.is_file():
        raise ResponderError(
            f"{file} is no file: recorded: wants output lines as Vertex AI writes "
            "them, such as a predictions.jsonl"
        )
    otherwise = options.get("otherwise")
    if otherwise not in (None, "simulated"):
        raise ResponderError(
            f"otherwise={otherwise} is unknown: use otherwise=simulated, or leave it "
            "out, so that a row without a recorded answer fails"
        )
    end = "?otherwise=simulated" if otherwise else ""
    return Spec(
        kind="recorded",
        text=f"recorded:{file}{end}",
        file=file,
        simulate_others=otherwise is not None,
    )


def _openai(what: str, options: Mapping[str, str]) -> Spec:
    address, _, model = what.partition("#")
    try:
        url = base_url(address)
    except NotLoopbackError as error:
        raise ResponderError(f"openai:{address}: {error}") from error
    spec = Spec(
        kind="openai",
        text="",
        url=url,
        model=model,
        at_once=_count(options, "at_once", 8, _MOST_AT_ONCE),
        seconds=_seconds(options, "seconds", 300.0),
        tries=_count(options, "tries", 4, _MOST_TRIES),
        key_variable=options.get("key", ""),
    )
    return _with_options(spec, f"openai:{url}{f'#{model}' if model else ''}", options)


def _python(what: str, options: Mapping[str, str]) -> Spec:
    module, _, function = what.rpartition(":")
    if not module or not function.isidentifier():
        raise ResponderError(
            f"python:{what} names no function: use python:MODULE:FUNCTION, or "
            "python:PATH/TO/FILE.py:FUNCTION"
        )
    file = None
    if module.endswith(".py") or "/" in module:
        file = Path(module).expanduser().absolute()
        if not file.is_file():
            raise ResponderError(f"{file} is no file: python: wants a file of Python")
        module = str(file)
    elif not all(part.isidentifier() for part in module.split(".")):
        raise ResponderError(
            f"{module!r} is neither a module's name nor a path that ends in .py"
        )
    spec = Spec(
        kind="python",
        text="",
        file=file,
        module=module,
        function=function,
        at_once=_count(options, "at_once", 1, _MOST_AT_ONCE),
    )
    return _with_options(spec, f"python:{module}:{function}", options)


def _with_options(spec: Spec, text: str, options: Mapping[str, str]) -> Spec:
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return replace(spec, text=f"{text}?{query}" if query else text)


def _count(options: Mapping[str, str], name: str, default: int, most: int) -> int:
    given = options.get(name, str(default))
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= most):
        raise ResponderError(f"{name}={given}: use a whole number from 1 to {most}")
    return int(given)


def _seconds(options: Mapping[str, str], name: str, default: float) -> float:
    given = options.get(name, str(default))
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise ResponderError(
            f"{name}={given}: use a number of seconds up to {_LONGEST_SECONDS}"
        )
    return seconds
