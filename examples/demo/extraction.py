"""Rows that extract facts from a passage into a response schema."""

from collections.abc import Iterator, Sequence
from typing import Any

from examples.demo.passages import Passage
from examples.demo.rows import Job, Kind, text
from examples.demo.schemas import (
    Schema,
    array,
    boolean,
    integer,
    number,
    string,
    struct,
)

_INSTRUCTION = (
    "You read a passage of an old book and fill in the fields of a record. Take "
    "every value from the passage; leave a list empty rather than guess. Keep the "
    "spelling of names."
)

_FABLE = struct(
    characters=array(
        struct(
            name=string("as in the fable, without an article"),
            kind=string(among=("ANIMAL", "HUMAN", "GOD", "PLANT", "THING")),
        ),
        "who acts or speaks",
    ),
    place=string("where it happens, in a few words"),
    moral=string("in one sentence of at most 15 words"),
    moral_is_stated=boolean("whether the fable ends with its moral"),
    optional=("place",),
)
_PEOPLE = struct(
    people=array(
        struct(
            name=string(),
            role=string("rank, trade, or relation to somebody else"),
            is_present=boolean("false if only mentioned"),
            optional=("role",),
        )
    ),
    places=array(string()),
    dates=array(string("as written")),
    summary=string("at most 40 words"),
)
_RECIPE = struct(
    title=string(),
    ingredients=array(
        struct(
            name=string("without preparation"),
            quantity=number("in the unit; one half is 0.5"),
            unit=string("cup, teaspoon, tablespoon, pound, or piece"),
            preparation=string("such as melted or well beaten"),
            optional=("quantity", "unit", "preparation"),
        )
    ),
    steps=array(string("one action")),
    oven=string(among=("SLOW", "MODERATE", "HOT", "NOT_SAID")),
    baking_minutes=integer(),
    optional=("baking_minutes",),
)
_EXPERIMENT = struct(
    claim=string("what Newton wants to show or asks"),
    apparatus=array(string("one thing used")),
    measures=array(
        struct(of=string("what is measured"), value=string("with its unit"))
    ),
    observations=array(string("one thing seen")),
    conclusion=string(),
    optional=("conclusion",),
)
_POEM = struct(
    addressee=string("who is spoken to"),
    images=array(
        struct(image=string("words of the poem"), stands_for=string()),
        "the three strongest images",
    ),
    couplet_in_prose=string("the last two lines in plain English"),
)
_SPEECH = struct(
    speaker=string(),
    occasion=string(),
    date=string("year, month and day as YYYY-MM-DD"),
    claims=array(struct(claim=string(), quotation=string("at most 12 words"))),
)
_ITINERARY = struct(
    ship=string(),
    captain=string(),
    stops=array(
        struct(
            place=string(),
            date=string("as YYYY-MM-DD, if the year is clear"),
            landed=boolean(),
            optional=("date",),
        )
    ),
    purposes=array(string("one object of the expedition")),
)

_WANTED: dict[str, tuple[Schema, str, int]] = {
    # A collection's schema, what is asked, and of how many passages one is taken.
    "aesop": (_FABLE, "Record the characters and the moral of this fable.", 2),
    "austen": (_PEOPLE, "List the people, places and dates of this passage.", 1),
    "beagle": (_ITINERARY, "Record the voyage as far as it is told here.", 1),
    "gettysburg": (_SPEECH, "Record the occasion and the claims of this speech.", 1),
    "kjv": (_PEOPLE, "List the people, places and dates of these verses.", 2),
    "opticks": (_EXPERIMENT, "Record what is tried, seen or asked here.", 2),
    "recipes": (_RECIPE, "Write this recipe as structured data.", 1),
    "sawyer": (_PEOPLE, "List the people, places and dates of this passage.", 2),
    "sonnets": (_POEM, "Record what this sonnet shows and says.", 1),
}


def extractions(books: dict[str, list[Passage]]) -> Iterator[Job]:
    """One row for each passage that has facts worth a record."""
    for collection, (schema, wanted, step) in _WANTED.items():
        for passage in books[collection][::step]:
            yield Job(
                kind=Kind.EXTRACT,
                collection=collection,
                name=f"{passage.name}-extract",
                instruction=_INSTRUCTION,
                parts=_parts(wanted, passage),
                config=as_json(schema),
            )


def _parts(wanted: str, passage: Passage) -> Sequence[dict[str, Any]]:
    return [text(f"{wanted}\n\n{passage.quoted}")]


def as_json(schema: Schema, *, most_tokens: int = 1024) -> dict[str, Any]:
    """The generation config of a row that answers by a schema."""
    return {
        "temperature": 0.0,
        "maxOutputTokens": most_tokens,
        "responseMimeType": "application/json",
        "responseSchema": schema,
    }
