"""
Arguments that several commands take, checked as they are read.
"""

import argparse
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from localcloud.data_folder import DataFolder, default_folder
from localcloud.vertex.responders import spec
from shared.settings import Settings

# One that fits between the others of a local cloud.
A_TIME = "settle_seconds=20"
_TIMES = [each.name for each in fields(Settings) if each.name.endswith("_seconds")]


def add_data(parser: argparse.ArgumentParser) -> None:
    """
    Add `--data DIR`, which says which local cloud is meant.
    """
    parser.add_argument(
        "--data",
        type=folder,
        metavar="DIR",
        default=default_folder(),
        help="the local cloud's data folder (default: %(default)s)",
    )


def data_folder(arguments: argparse.Namespace) -> DataFolder:
    """
    The folder that `--data` names.
    """
    return DataFolder(arguments.data)


def add_responder(parser: argparse.ArgumentParser) -> None:
    """
    Add `--responder SPEC`, which says what answers the rows of batch jobs.
    """
    parser.add_argument(
        "--responder",
        type=responder,
        default=spec.SIMULATED.text,
        metavar="SPEC",
        help=f"what answers rows: {spec.FORMS} (default: %(default)s; "
        "docs/local-cloud/responders.md)",
    )


def folder(text: str) -> Path:
    """
    A folder that is there, or can be made.
    """
    path = Path(text)
    for each in (path, *path.parents):
        if each.exists() and not each.is_dir():
            raise argparse.ArgumentTypeError(f"'{each}' is a file: name a folder")
    return path


def routes(text: str) -> Sequence[Mapping[str, Any]]:
    """
    The routes in a file: a JSON list of objects, as in `DROPBATCH_ROUTES`.
    """
    try:
        read = json.loads(Path(text).read_text(encoding="utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text!r} can't be read: {error}") from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON: {error}") from error
    if isinstance(read, list) and all(isinstance(route, dict) for route in read):
        return read
    raise argparse.ArgumentTypeError(f"{text!r} holds no list of routes")


def responder(text: str) -> str:
    """
    What answers rows, checked, so that it means the same in any folder.
    """
    try:
        return spec.parse(text).text
    except spec.ResponderError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def port(text: str) -> int:
    """
    A TCP port.
    """
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use 1 to 65535")
    return int(text)


def factor(text: str) -> float:
    """
    A number by which time is divided.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no factor: use a number above 0, such as 2 or 0.5"
        )
    return value


def seconds(text: str) -> float:
    """
    A time that is not negative.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: use a number of seconds, such as 30 or 3600"
        )
    return value


def time(text: str) -> tuple[str, float]:
    """
    The name and the seconds in `NAME=SECONDS`, where a name is that of a setting of
    the deployment: `settle_seconds`.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(
            f"{text!r} sets no time: write NAME=SECONDS, such as {A_TIME}"
        )
    if name not in _TIMES:
        raise argparse.ArgumentTypeError(
            f"no time is called {name!r}: there are {', '.join(_TIMES)}"
        )
    return name, seconds(value)


def as_typed(text: str) -> str:
    """
    What the deployment says of a time, by the name that `--time` has for it and not
    by that of its variable.
    """
    return re.sub(r"DROPBATCH_([A-Z_]+_SECONDS)", lambda found: found[1].lower(), text)


def project(text: str) -> str:
    """
    The id of a project (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no project id: use 6 to 30 lower-case letters, digits and "
            "hyphens, a letter first and no hyphen last"
        )
    return text
