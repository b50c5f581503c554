"""
`dropbatch knobs`: what of the simulated services can be set, and how it comes.
"""

import argparse
import json
import textwrap

from localcloud.knob_values import written
from localcloud.storage.knobs import KNOBS as STORAGE_KNOBS
from localcloud.vertex.evidence import EVIDENCE
from localcloud.vertex.knobs import KNOBS as VERTEX_KNOBS

_WIDTH = 78

KNOBS = {
    **{name: ("vertex", knob) for name, knob in VERTEX_KNOBS.items()},
    **{name: ("storage", knob) for name, knob in STORAGE_KNOBS.items()},
}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """
    Add the command to the parser.
    """
    parser = commands.add_parser(
        "knobs",
        help="list what of the simulated services can be set",
        description="List what the real service does and nobody knows for certain: "
        "each is a knob, to be set by `dropbatch local --knob NAME=VALUE` or a "
        "scenario file. docs/local-cloud/simulated.md has them beside all the rest.",
    )
    parser.add_argument("--json", action="store_true", help="print them as a JSON list")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """
    Print the knobs.
    """
    if given.json:
        listed = [
            {
                "name": name,
                "service": service,
                "default": knob.default,
                "how_sure": knob.how_sure,
                "says": knob.says,
                "source": EVIDENCE.get(knob.source, knob.source),
                "by_job": knob.by_job,
            }
            for name, (service, knob) in KNOBS.items()
        ]
        print(json.dumps(listed, indent=2))
        return 0
    for name, (_, knob) in KNOBS.items():
        print(f"{name}={written(knob.default)}  ({knob.how_sure})")
        print(textwrap.indent(textwrap.fill(knob.says, _WIDTH - 4), "    "))
    return 0
