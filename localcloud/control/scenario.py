"""
A scenario: what a local cloud is to be like from its start, from a file.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.control.given import Given, disturbed, read_given
from localcloud.faults.reading import build
from localcloud.pipeline.delivery import Disturbance
from localcloud.storage.knobs import GOOGLES, StorageKnobs, storage_knobs_from
from localcloud.storage.knobs import KNOBS as STORAGE_KNOBS
from localcloud.vertex.knobs import KNOBS, Knobs
from localcloud.vertex.overrides import knobs_from

# https://toml.io and JSON write the same four things.
_FIELDS = ("seed", "knobs", "faults", "disturbance")


class ScenarioError(ValueError):
    """
    A scenario, or a knob, that can't be; the message says what could be instead.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    What is switched on from the start; by default nothing is.
    """

    seed: int = 0
    knobs: Knobs = field(default_factory=Knobs)
    storage_knobs: StorageKnobs = GOOGLES
    faults: tuple[Given, ...] = ()
    disturbance: Disturbance = field(default_factory=Disturbance)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    seed: int = 0
    knobs: dict[str, Any] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)
    disturbance: dict[str, Any] = field(default_factory=dict)


def read_scenario(path: Path | None, knobs: Sequence[str] = ()) -> Scenario:
    """
    The scenario in a file, if one is named, with these knobs (`NAME=VALUE`) on top.

    Raises ScenarioError.
    """
    where = "" if path is None else f"{path}: "
    try:
        told = _File() if path is None else build(_File, read_data(path))
        of_vertex, of_storage = _knobs(told.knobs)
        faults = tuple(read_given(told.faults))
        disturbance = disturbed(Disturbance(), told.disturbance)
    except OSError as error:
        raise ScenarioError(
            f"the scenario {path} can't be read: {error.strerror}"
        ) from error
    except ValueError as error:
        raise ScenarioError(f"{where}{_helped(str(error))}") from error
    on_top = {}
    for text in knobs:
        name, value = knob_value(text)
        on_top[name] = value
    if on_top:
        try:
            of_vertex, of_storage = _knobs({**told.knobs, **on_top})
        except ValueError as error:
            raise ScenarioError(_helped(str(error))) from error
    return Scenario(
        seed=told.seed,
        knobs=of_vertex,
        storage_knobs=of_storage,
        faults=faults,
        disturbance=disturbance,
    )


def read_data(path: Path) -> Mapping[str, Any]:
    """
    The object in a file of TOML or JSON; a ValueError says what is wrong with it.
    """
    text = path.read_bytes()
    if path.suffix not in (".toml", ".json"):
        raise ValueError("a scenario's name ends in .toml or .json")
    try:
        given = (
            json.loads(text)
            if path.suffix == ".json"
            else tomllib.loads(text.decode("utf-8"))
        )
    except ValueError as error:
        kind = path.suffix.removeprefix(".").upper()
        raise ValueError(f"this is not {kind}: {error}") from error
    if not isinstance(given, dict):
        raise ValueError(f"a scenario is an object with {', '.join(_FIELDS)}")
    return given


def knob_value(text: str) -> tuple[str, Any]:
    """
    The name and the value in `NAME=VALUE`, the value as its knob has it.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ScenarioError(
            f"{text!r} sets no knob: write NAME=VALUE, such as shuffle=false"
        )
    knob = {**KNOBS, **STORAGE_KNOBS}.get(name)
    if knob is not None and isinstance(knob.default, str):
        return name, value
    if knob is not None and isinstance(knob.default, tuple):
        return name, _list(value)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _knobs(values: Mapping[str, Any]) -> tuple[Knobs, StorageKnobs]:
    of_storage = {k: v for k, v in values.items() if k in STORAGE_KNOBS}
    of_vertex = {k: v for k, v in values.items() if k not in STORAGE_KNOBS}
    return knobs_from(of_vertex), storage_knobs_from(of_storage)


def _list(value: str) -> Any:
    if value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [each for each in value.split(",") if each]


def _helped(message: str) -> str:
    if message.startswith(("there is no knob", "the knob")):
        return f"{message}; `dropbatch knobs` lists them with what they can be"
    return message
