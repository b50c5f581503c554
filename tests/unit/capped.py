"""Clouds whose routes have caps, and drops of so many rows for them."""

import json

from tests.fakes import ROW, FakeCloud


def cloud_with(in_all: str = "", **limits: int) -> FakeCloud:
    """A cloud with a route of these limits, one without any, and a cap in all."""
    route = {"prefix": "in/", "model": "m", "limits": limits}
    other = {"prefix": "other/", "model": "m"}
    return FakeCloud(routes=json.dumps([route, other]), jobs=in_all)


def drop(cloud: FakeCloud, *rows: int, folder: str = "in") -> None:
    for number, count in enumerate(rows):
        cloud.submit(cloud.drop(ROW * count, f"{folder}/{number}.jsonl"))
        cloud.wait(1)
