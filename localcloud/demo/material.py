"""What a demo drops: the bundled file, or the user's own, and the media it names."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.api_core.exceptions import Conflict
from google.cloud.storage import Client

from localcloud.storage.rules.errors import InvalidError
from localcloud.storage.rules.names import check_object_name

_MEDIA = re.compile(r"gs://(?P<bucket>[^/]+)/(?P<name>.+)")
_STAND_IN = b"A stand-in of the local cloud for media that is not on this machine.\n"


class MaterialError(Exception):
    """The file can't be dropped; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """
    A file to drop, the folder its media lie in, and the `gs://` URIs that it
    names. Media that lie in no folder get stand-ins.
    """

    file: Path
    media_folder: Path | None
    media: frozenset[str]

    @property
    def media_prefixes(self) -> list[str]:
        """One prefix a bucket: what this run's route must allow."""
        buckets = {_parts(uri)[0] for uri in self.media}
        return sorted(f"gs://{bucket}/" for bucket in buckets)

    @property
    def name(self) -> str:
        """The object's name in the inbox."""
        stem = self.file.name.removesuffix(self.file.suffix)
        return f"demo/{stem}.jsonl"


def bundled(folder: Path) -> Material:
    """The demo's own requests. Raises MaterialError where they are not."""
    file = folder / "requests.jsonl"
    if not file.is_file():
        raise MaterialError(
            f"{file} is not there: run the demo from a checkout of dropbatch, or "
            "name a file of your own"
        )
    return Material(
        file=file, media_folder=folder / "media", media=frozenset(media_of(file))
    )


def own(file: Path) -> Material:
    """A user's file. Raises MaterialError if it can't be read, or not be dropped."""
    if not file.is_file():
        raise MaterialError(f"{file} is no file: name a JSONL file of Gemini requests")
    given = Material(file=file, media_folder=None, media=frozenset(media_of(file)))
    try:
        check_object_name(given.name)
    except InvalidError as error:
        raise MaterialError(
            f"{file.name!a} can't be an object's name, which is UTF-8 without line "
            "breaks: rename the file"
        ) from error
    return given


def media_of(file: Path) -> Iterator[str]:
    """
    Yield every `gs://` URI that the requests of a file name.

    A line that is no JSON names none: what is wrong with it is told by the
    pipeline, as it would be on Google Cloud.
    """
    with file.open("rb") as lines:
        for line in lines:
            if b"gs://" not in line:
                continue
            try:
                yield from _uris(json.loads(line))
            except (ValueError, RecursionError):
                continue


def _uris(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            is_uri = name in ("fileUri", "file_uri") and isinstance(child, str)
            if is_uri and _MEDIA.fullmatch(child):
                yield child
            else:
                yield from _uris(child)
    elif isinstance(value, list):
        for child in value:
            yield from _uris(child)


def upload_media(client: Client, given: Material) -> int:
    """
    Put the input's media where its rows look for them; return how many had to
    be stand-ins.
    """
    stand_ins = 0
    for bucket, name in sorted(_parts(uri) for uri in given.media):
        with suppress(Conflict):
            client.create_bucket(bucket)
        blob = client.bucket(bucket).blob(name)
        if given.media_folder and (given.media_folder / name).is_file():
            blob.upload_from_filename(given.media_folder / name)
        else:
            blob.upload_from_string(_STAND_IN)
            stand_ins += 1
    return stand_ins


def _parts(uri: str) -> tuple[str, str]:
    match = _MEDIA.fullmatch(uri)
    if match is None:
        raise ValueError(f"{uri!r} is no gs:// URI")
    return match["bucket"], match["name"]
