"""
Rows on the files in `media/`: pages, readings and title cards of the same texts.

Every file is an object of that name in the demo's media bucket.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from examples.demo.classification import as_enum
from examples.demo.extraction import as_json
from examples.demo.rows import Job, Kind, text
from examples.demo.schemas import Schema, array, boolean, string, struct
from examples.demo.translation import as_prose

BUCKET = "dropbatch-local-media"
MIME_TYPES = {
    ".flac": "audio/flac",
    ".jpg": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".webm": "video/webm",
}
_COLLECTION = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What kind of thing the files are, and what a reader of them is told."""

    files: tuple[str, ...]
    classes: tuple[str, ...]
    instruction: str
    config: dict[str, Any]
    beside_file: dict[str, Any]


_PAGES = _Look(
    files=(
        "ginger-snaps.png",
        "gettysburg.png",
        "hare-and-tortoise.jpg",
        "opticks-title.png",
        "summers-day.jpg",
        "valley-of-elah.png",
    ),
    classes=("TITLE_PAGE", "PROSE_PAGE", "POEM", "RECIPE_CARD", "MAP"),
    instruction="You read scanned pages for a library. Report what is on the page; "
    "mark what you cannot read as [illegible].",
    config={"mediaResolution": "MEDIA_RESOLUTION_HIGH"},
    beside_file={},
)
_READINGS = _Look(
    files=("ant.flac", "departure-of-the-beagle.ogg", "wolf-and-crane.mp3"),
    classes=("FABLE", "TRAVEL_WRITING", "SCRIPTURE", "SPEECH"),
    instruction="You listen to recordings of old texts, read by a synthetic voice, "
    "for a library.",
    config={"audioTimestamp": True},
    beside_file={},
)
_FILMS = _Look(
    files=("mountain-in-labor.mp4", "swallow-and-crow.webm"),
    classes=("TITLE_CARD_AND_TEXT", "PEOPLE", "LANDSCAPE", "DIAGRAM"),
    instruction="You describe short films for a library's catalogue.",
    config={"mediaResolution": "MEDIA_RESOLUTION_LOW"},
    beside_file={"videoMetadata": {"startOffset": "0s", "endOffset": "15s"}},
)

_CATALOGUE_CARD = struct(
    title=string(),
    author=string("if it is given"),
    year=string("in figures, if it is given"),
    languages=array(string()),
    first_words=string("the first ten words of the text"),
    has_pictures=boolean(),
    optional=("author", "year"),
)
_RECORDING = struct(
    title=string(),
    summary=string("at most 40 words"),
    speakers=array(string("who speaks in the text")),
    last_words=string("the last five words"),
)
_MAP = struct(
    title=string(),
    places=array(struct(name=string(), side=string(among=("WEST", "MIDDLE", "EAST")))),
    armies=array(string()),
)


def media_rows() -> Iterator[Job]:
    """Transcriptions, records, classes and translations of every file."""
    for file in _PAGES.files:
        yield _prose(_PAGES, file, "transcribe", "Transcribe this page exactly.")
        yield _record(_PAGES, file, "Fill in a catalogue card.", _CATALOGUE_CARD)
        yield _class(_PAGES, file, "What is on this page?")
    for file in _READINGS.files:
        yield _prose(_READINGS, file, "transcribe", "Transcribe this reading.")
        yield _record(_READINGS, file, "Catalogue this recording.", _RECORDING)
        yield _class(_READINGS, file, "What sort of text is read?")
        yield _spanish(_READINGS, file)
    for file in _FILMS.files:
        yield _prose(_FILMS, file, "describe", "Describe the title card and the film.")
        yield _record(_FILMS, file, "Catalogue this film.", _RECORDING)
        yield _class(_FILMS, file, "What does this film mainly show?")
        yield _spanish(_FILMS, file)
    yield _record(
        _PAGES, "valley-of-elah.png", "Record this map.", _MAP, name="valley-of-elah"
    )
    yield _compared()


def _prose(look: _Look, file: str, name: str, wanted: str) -> Job:
    return _job(Kind.EXTRACT, look, file, name, wanted, as_prose(temperature=0.0))


def _record(
    look: _Look, file: str, wanted: str, schema: Schema, *, name: str = "catalogue"
) -> Job:
    return _job(Kind.EXTRACT, look, file, name, wanted, as_json(schema))


def _class(look: _Look, file: str, wanted: str) -> Job:
    config = as_enum(string(among=look.classes))
    return _job(Kind.CLASSIFY, look, file, "classify", wanted, config)


def _spanish(look: _Look, file: str) -> Job:
    wanted = "Translate what is read aloud into Spanish, as subtitles."
    return _job(Kind.TRANSLATE, look, file, "translate-es", wanted, as_prose())


def _compared() -> Job:
    return Job(
        kind=Kind.EXTRACT,
        collection=_COLLECTION,
        name="pages-compare",
        instruction=_PAGES.instruction,
        parts=[
            text("Here are two pages."),
            _file("hare-and-tortoise.jpg"),
            _file("gettysburg.png"),
            text("Say how they differ in layout, type and kind of text."),
        ],
        config=as_prose(temperature=0.0) | _PAGES.config,
    )


def _job(
    kind: Kind, look: _Look, file: str, name: str, wanted: str, config: dict[str, Any]
) -> Job:
    return Job(
        kind=kind,
        collection=_COLLECTION,
        name=f"{file.replace('.', '-')}-{name}",
        instruction=look.instruction,
        parts=[_file(file) | look.beside_file, text(wanted)],
        config=config | look.config,
    )


def _file(name: str) -> dict[str, Any]:
    suffix = name[name.rindex(".") :]
    data = {"fileUri": f"gs://{BUCKET}/{name}", "mimeType": MIME_TYPES[suffix]}
    return {"fileData": data}
