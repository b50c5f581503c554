"""
How a project says what its local cloud is to be like: options, or its ini file.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

_GROUP = "localcloud"
_HELP = {
    "speed": "batch jobs of the local cloud take 1/FACTOR of their time (default: 10)",
    "scenario": "a file of knobs and faults that are there from the start",
    "responder": "what answers the rows of batch jobs (default: simulated)",
    "project": "a project that is there beside the local cloud's own",
    "reset": "empty the local cloud before each test that uses it",
}
_METAVAR = {"speed": "FACTOR", "scenario": "FILE", "responder": "SPEC"}
_SPEED = "10"


def add_options(parser: pytest.Parser) -> None:
    """
    Add `--localcloud-…`, and `localcloud_…` for ini files.
    """
    group = parser.getgroup(_GROUP, "local cloud")
    for name in ("speed", "scenario", "responder"):
        group.addoption(
            f"--localcloud-{name}", metavar=_METAVAR[name], help=_HELP[name]
        )
        parser.addini(f"localcloud_{name}", _HELP[name])
    group.addoption(
        "--localcloud-project",
        action="append",
        default=[],
        metavar="ID",
        help=f"{_HELP['project']} (may be repeated)",
    )
    parser.addini("localcloud_project", _HELP["project"], type="args")
    group.addoption("--localcloud-reset", action="store_true", help=_HELP["reset"])
    parser.addini("localcloud_reset", _HELP["reset"], type="bool", default=False)


def wants_reset(config: pytest.Config) -> bool:
    return bool(config.getoption("--localcloud-reset")) or bool(
        config.getini("localcloud_reset")
    )


def arguments(config: pytest.Config) -> list[str]:
    """
    The arguments for `dropbatch local`.
    """
    given = ["--speed", _said(config, "speed") or _SPEED]
    scenario = _scenario(config)
    if scenario:
        given += ["--scenario", str(scenario)]
    responder = _said(config, "responder")
    if responder:
        given += ["--responder", responder]
    for project in projects(config):
        given += ["--project", project]
    return given


def projects(config: pytest.Config) -> list[str]:
    """
    The projects that are there beside the local cloud's own.
    """
    return list(
        config.getoption("--localcloud-project") or config.getini("localcloud_project")
    )


def faults(config: pytest.Config) -> list[Any]:
    """
    The faults of the scenario, as they stand in its file, which was read at a start.
    """
    scenario = _scenario(config)
    if scenario is None:
        return []
    read = json.loads if scenario.suffix == ".json" else tomllib.loads
    return list(read(scenario.read_text(encoding="utf-8")).get("faults", ()))


def _scenario(config: pytest.Config) -> Path | None:
    scenario = config.getoption("--localcloud-scenario")
    if scenario:
        return config.invocation_params.dir / str(scenario)
    if config.getini("localcloud_scenario"):
        return _beside_ini(config, "scenario")
    return None


def _said(config: pytest.Config, name: str) -> str:
    return str(
        config.getoption(f"--localcloud-{name}")
        or config.getini(f"localcloud_{name}")
        or ""
    )


def _beside_ini(config: pytest.Config, name: str) -> Path:
    # A name in a file is meant from where the file is.
    folder = config.inipath.parent if config.inipath else config.rootpath
    return folder / str(config.getini(f"localcloud_{name}"))
