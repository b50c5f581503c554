"""
The `dropbatch` command: exits with 0 when done, 1 when it failed, 2 when misused.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from localcloud.cli import (
    demo,
    env,
    faults,
    knobs,
    local,
    page,
    requeue,
    run,
    token,
)
from localcloud.data_folder import (
    DamagedFolderError,
    FolderTakenError,
    NotRunningError,
)

# As a shell has it of a program that SIGPIPE ended.
_BROKEN_PIPE = 141

COMMANDS = (local, env, run, page, token, faults, knobs, demo, requeue)

# Failures with a message for the user; any other exception is a bug, and shown whole.
_TOLD = (DamagedFolderError, FolderTakenError, NotRunningError, OSError)


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command; return its exit code.
    """
    arguments, unknown = _parser().parse_known_args(argv)
    if unknown:
        # Argparse itself would give the usage of the whole program.
        arguments.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read what is printed, such as `head`, has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except _TOLD as error:
        print(f"dropbatch: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dropbatch",
        description="Drop a JSONL file of Gemini requests into a bucket; get every "
        "answer back, and one Pub/Sub message that says where they are.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="say which version this is"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(commands)
    for each in commands.choices.values():
        each.set_defaults(parser=each)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        # Only here, so that no command waits for the import.
        from importlib.metadata import version

        print(f"dropbatch {version('dropbatch')}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
