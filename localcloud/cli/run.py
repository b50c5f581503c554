"""
`dropbatch run -- COMMAND`: a command with the variables of a local cloud.
"""

import argparse
import os
import sys

from localcloud.access import access_to
from localcloud.cli import arguments

# As `env` and the shells have it.
_NOT_FOUND = 127
_NOT_EXECUTABLE = 126


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "run",
        help="run a command whose Google clients reach a local cloud",
        usage="dropbatch run [--data DIR] [--] COMMAND ...",
        description="Run a command in whose environment unchanged Google clients "
        "reach a running local cloud. It takes this process's place: signals reach "
        "it, and its exit code is the one seen.",
    )
    arguments.add_data(parser)
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND ...")
    parser.set_defaults(run=lambda given: run(parser, given))


def run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """
    Become the command; returns only if that fails.
    """
    command: list[str] = given.command
    if command[:1] == ["--"]:
        del command[0]
    if not command:
        parser.error("which command? For example: dropbatch run -- python my_script.py")
    folder = arguments.data_folder(given)
    running = folder.running()
    access = access_to(folder, port=running.port, project=running.project)
    sys.stdout.flush()
    try:
        os.execvpe(command[0], command, access.environment(os.environ))
    except FileNotFoundError:
        print(f"dropbatch: no command {command[0]!r}", file=sys.stderr)
        return _NOT_FOUND
    except PermissionError:
        print(f"dropbatch: {command[0]!r} can't be executed", file=sys.stderr)
        return _NOT_EXECUTABLE
