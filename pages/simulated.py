"""
`docs/local-cloud/simulated.md`, made from what each service says of itself.
"""

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from localcloud.coverage import Covered, NotSimulated
from localcloud.knob_values import written
from localcloud.knobs import Knob
from localcloud.vertex.evidence import EVIDENCE, without_sections
from pages.marked_tables import table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "local-cloud" / "simulated.md"

# Package -> what it is called where users read of it.
SERVICES = {
    "vertex": "Vertex AI batch prediction",
    "storage": "Cloud Storage",
    "pubsub": "Pub/Sub",
    "pipeline": "Functions, Eventarc, Cloud Scheduler",
    "door": "Host names, TLS and tokens",
}

_HEAD = """\
# What is simulated, what is not, and how sure that is

Made from the code by `make docs`: don't edit it.

| how sure | |
|---|---|
| sure | Google's documentation, definitions, clients or own emulator say so |
| likely | others have captured it from the service, or it follows from what is sure |
| unknown | nobody has told; it is done as seems most useful |

What has a *knob* can be set otherwise, and all else is as it is, however sure. A knob's
default is the likely value: `dropbatch local --knob NAME=VALUE` sets one, a scenario
file several (`[knobs]`), and a fault's script those of a single job, except for those
that are for the whole service (marked with *). `dropbatch knobs` lists them.
"""


def page() -> str:
    """
    The whole page.
    """
    return "\n".join([_HEAD, *_services()])


def _services() -> Iterator[str]:
    for package, title in SERVICES.items():
        covered, left_out = claims(package)
        parts = [
            *_covered_table(covered),
            *_knob_table(knobs(package)),
            *_left_out_table(left_out),
        ]
        if parts:
            yield "\n".join([f"## {title}", *parts])


def claims(package: str) -> tuple[Sequence[Covered], Sequence[NotSimulated]]:
    """
    What a service says of itself.
    """
    module = _module(package, "coverage")
    return (module.COVERED, module.NOT_SIMULATED) if module else ((), ())


def knobs(package: str) -> Mapping[str, Knob]:
    """
    What of a service can be set, by its name.
    """
    module = _module(package, "knobs")
    return module.KNOBS if module else {}


def _module(package: str, name: str) -> Any:
    whole = f"localcloud.{package}.{name}"
    if importlib.util.find_spec(whole) is None:
        return None
    return importlib.import_module(whole)


def _covered_table(covered: Iterable[Covered]) -> Iterator[str]:
    rows = [
        (each.what, each.how_sure, without_sections(each.source)) for each in covered
    ]
    yield from _table("what is simulated | how sure | from", rows)


def _knob_table(known: Mapping[str, Knob]) -> Iterator[str]:
    rows = []
    for name, knob in known.items():
        evidence = EVIDENCE.get(knob.source, knob.source)
        default = written(knob.default)
        rows.append(
            (
                f"`{name}`{'' if knob.by_job else ' *'}",
                f"`{default}`" if default else "(empty)",
                knob.says,
                knob.how_sure,
                # What is evidence of something else there, is none of this.
                "" if knob.how_sure == "unknown" else evidence,
            )
        )
    yield from _table("knob | default | what it says | how sure | from", rows)


def _left_out_table(left_out: Iterable[NotSimulated]) -> Iterator[str]:
    yield from _table(
        "not simulated | why", [(each.what, each.why) for each in left_out]
    )


def _table(head: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield f"{table(head, rows)}\n"
