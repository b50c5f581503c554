"""
`dropbatch env`: the variables that point unchanged Google clients at a local cloud.
"""

import argparse
import json
import os

from localcloud.access import access_to
from localcloud.cli import arguments
from localcloud.door import shell
from localcloud.door.variables import REMOVED


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "env",
        help="print the variables that point Google's clients at a local cloud",
        description="Print lines for a shell to evaluate (sh, bash, zsh), so that "
        "unchanged Google clients started from it reach a running local cloud: "
        'eval "$(dropbatch env)". What the variables held before is kept, and comes '
        'back with eval "$(dropbatch env --unset)".',
    )
    arguments.add_data(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--unset", action="store_true", help="print the lines that take them back"
    )
    how.add_argument(
        "--json", action="store_true", help="print the variables as a JSON object"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Print the lines, or one JSON object.
    """
    if given.unset:
        lines = shell.unset_lines(os.environ)
    else:
        folder = arguments.data_folder(given)
        running = folder.running()
        access = access_to(folder, port=running.port, project=running.project)
        if given.json:
            told = {"variables": access.variables(), "unset": list(REMOVED)}
            lines = [json.dumps(told, indent=2)]
        else:
            lines = shell.export_lines(access.variables(), REMOVED, os.environ)
    if lines:
        print("\n".join(lines))
    return 0
