"""
All that comes out of a played case: what is printed, answered, published, written and
asked for. The work bucket's contents are left out: they are what was dropped.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.canary import CANARY, NAMED
from tests.corpus.playing import Played

# Where a drop's name is told, and has to be: for whoever dropped it.
_NAMES = {"name", "drop.name"}


def told(played: Played) -> Iterator[tuple[str, str]]:
    """Each text that came out, and where."""
    yield "printed", played.printed
    for answer in played.answers:
        yield "answer", answer.decode()
    for data, attributes in played.cloud.announcements.published:
        yield "message", data.decode()
        yield "attributes", json.dumps(attributes)
    for request in played.cloud.batches.requests:
        yield "job request", repr(request)
    for (bucket, name), stored in played.cloud.objects.live.items():
        if bucket == "inbox":
            continue
        yield f"name in {bucket}", name
        if bucket != "work":
            yield f"content in {bucket}", stored.content.decode()
            yield f"metadata in {bucket}", json.dumps(dict(stored.info.metadata))


def expect_no_content(played: Played) -> None:
    """Hold that nothing that a drop contains came out."""
    for where, text in told(played):
        assert CANARY not in text, f"{where}: {text}"


def expect_names_where_names_are(played: Played) -> None:
    """
    Hold that a name came out as a name alone: in a log line's field, the drop's own in
    the message and record, the pointer; never in a label, an address or a job.
    """
    for line in played.printed.splitlines():
        assert line.isascii(), line
        assert line.isprintable(), line
        if NAMED in line:
            facts = json.loads(line)
            assert {key for key, value in facts.items() if NAMED in str(value)} <= {
                "name"
            }
    for data, attributes in played.cloud.announcements.published:
        assert _places(json.loads(data)) <= _NAMES
        assert NAMED not in json.dumps(attributes)
    for request in played.cloud.batches.requests:
        assert NAMED not in repr(request)
    for (bucket, name), stored in played.cloud.objects.live.items():
        if bucket == "results" and not name.startswith("by-name/"):
            assert NAMED not in name
        if bucket in ("state", "work"):
            assert NAMED not in name
        if bucket == "state" and stored.content:
            record = json.loads(stored.content)
            # The frozen message has been held to the same above.
            assert _places({**record, "message": None}) <= _NAMES


def _places(value: Any, path: str = "") -> set[str]:
    """The paths at which a name stands in a JSON value."""
    if isinstance(value, dict):
        return {
            place
            for key, child in value.items()
            for place in _places(child, f"{path}.{key}".lstrip("."))
        }
    if isinstance(value, list):
        return {place for item in value for place in _places(item, f"{path}[]")}
    return {path} if NAMED in str(value) else set()
