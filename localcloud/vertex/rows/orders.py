"""
What the control plane asks of the worker, and what the worker tells: one JSON
object a line, each way.
"""

from typing import Any, Literal

import msgspec

from localcloud.vertex.jobs.scripts import RowFault


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """
    The first line the worker gets: where everything is.
    """

    data: str
    storage_url: str
    storage_token: str
    knobs: dict[str, Any]
    responder: str
    """
    What answers rows, as `responders.spec` reads it.
    """


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """
    The first line the worker tells: it takes orders now, or why it can't.
    """

    error: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """
    One piece of work for one job. Each order replaces what went before it.
    """

    work: Literal["import", "run", "part", "export", "stop", "forget"]
    job: str
    project: str = ""
    model: str = ""
    input_uris: tuple[str, ...] = ()
    output_uri: str = ""
    """
    gs:// name of the object to write.
    """
    first: int = 0
    rows: int = 0
    """
    Rows to write: all after the first so many, up to so many.
    """
    row_faults: tuple[RowFault, ...] = ()
    knobs: dict[str, Any] = {}
    """
    Knobs that are otherwise for this job.
    """


class Told(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """
    What became of an order; a code that isn't 0 says that it failed.
    """

    work: Literal["import", "run", "part", "export"]
    job: str
    rows: int = 0
    code: int = 0
    message: str = ""
