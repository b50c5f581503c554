"""
How far the backstop has looked: an empty object in the state bucket, whose metadata
say it. It is advice: without it the whole window is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from shared.errors import ConflictError, MissingError
from shared.logs import Severity, log
from shared.ports import Objects
from shared.times import aware

NAME = "backstop"
NOWHERE = "", 0
_SCHEMA = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """
    Whatever was created before `until` has been looked up, or was older than the window
    by the clock of the look that passed it by. An unfinished look goes on at a
    generation, its `place`, and `until` becomes `then` once it has come to its end.
    """

    until: datetime
    then: datetime
    place: tuple[str, int] = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The bookmark, if it makes sense, and when Cloud Storage says it was written."""

    bookmark: Bookmark | None
    generation: int
    written: datetime | None


def read_bookmark(objects: Objects, bucket: str) -> Found:
    """Return what is there; what makes no sense is told, and as good as nothing."""
    try:
        info = objects.info(bucket, NAME)
    except MissingError:
        return Found(bookmark=None, generation=0, written=None)
    bookmark: Bookmark | None = None
    try:
        bookmark = _parse(info.metadata)
        if bookmark.until > info.created:
            # It would hide what is still to be dropped.
            raise ValueError("until is later than the bookmark itself")
    except (KeyError, ValueError) as error:
        bookmark = None
        log("bad_bookmark", severity=Severity.WARNING, error=type(error).__name__)
    return Found(bookmark=bookmark, generation=info.generation, written=info.created)


def write_bookmark(
    objects: Objects, bucket: str, bookmark: Bookmark, *, instead_of: Found
) -> None:
    """Write it, if nobody has meanwhile: another look's is as good."""
    name, generation = bookmark.place
    said = {
        "schema": _SCHEMA,
        "until": bookmark.until.isoformat(),
        "then": bookmark.then.isoformat(),
        "at": quote(name, safe=""),
        "generation": str(generation),
    }
    try:
        objects.write(
            bucket, NAME, b"", if_generation=instead_of.generation, metadata=said
        )
    except ConflictError:
        return


def _parse(said: Mapping[str, str]) -> Bookmark:
    if said["schema"] != _SCHEMA:
        raise ValueError("a schema of other code")
    return Bookmark(
        until=aware(said["until"]),
        then=aware(said["then"]),
        # Older code went on at a name.
        place=(unquote(said["at"], errors="strict"), int(said.get("generation", "0"))),
    )
