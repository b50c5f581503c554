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
    arguments = _parser().parse_args(argv)
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
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
