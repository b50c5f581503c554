"""
`dropbatch demo`: the main job, shown from the drop to the first answers.
"""

import argparse
import sys
from pathlib import Path

from localcloud.cli import arguments
from localcloud.data_folder import default_folder

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "demo"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "demo",
        help="run the main job and show it",
        description="Start an empty local cloud, drop a file of Gemini requests into "
        "its inbox, show what happens to it, print the message that a subscriber "
        "receives and the first few answers, which are simulated unless --responder "
        "says what else answers.",
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a JSONL file of your own (default: the bundled one); the gs:// "
        "prefixes of the media that it names are allowed for this run",
    )
    parser.add_argument(
        "--data",
        type=arguments.folder,
        metavar="DIR",
        default=default_folder().with_name("demo"),
        help="the demo's own data folder, emptied at its start (default: %(default)s)",
    )
    parser.add_argument(
        "--results",
        type=Path,
        metavar="DIR",
        default=Path("demo-results"),
        help="where a copy of the results is put (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds",
        type=arguments.seconds,
        default=600.0,
        metavar="N",
        help="how long to wait for the end (default: %(default)s)",
    )
    arguments.add_responder(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Run the demo; 0 when the drop was completed, 1 when it was not.
    """
    from rich.console import Console

    from localcloud.demo import material, run

    try:
        chosen = material.own(given.file) if given.file else material.bundled(_EXAMPLES)
        return run.run(
            chosen,
            data=given.data,
            copy_to=given.results,
            seconds=given.seconds,
            responder=given.responder,
            console=Console(),
        )
    except (material.MaterialError, run.DemoError) as error:
        print(f"dropbatch: {error}", file=sys.stderr)
        return 1
