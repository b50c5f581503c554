"""Rows that put a passage into one of a few classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from examples.demo.extraction import as_json
from examples.demo.passages import Passage
from examples.demo.rows import Job, Kind, text
from examples.demo.schemas import Schema, number, string, struct

_INSTRUCTION = (
    "You catalogue old texts. Choose exactly one class for the passage, by what it "
    "mainly is about, not by single words."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Catalogue:
    question: str
    classes: tuple[str, ...]
    every: int = 1
    reasoned: bool = False


_CATALOGUES = {
    "aesop": _Catalogue(
        question="What does this fable warn against?",
        classes=("GREED", "VANITY", "DECEIT", "INGRATITUDE", "SLOTH", "RASHNESS"),
        every=3,
        reasoned=True,
    ),
    "austen": _Catalogue(
        question="What does this passage do in the novel?",
        classes=("INTRODUCES_PEOPLE", "DIALOGUE", "LETTER", "SATIRE", "ACTION"),
        every=2,
    ),
    "declaration": _Catalogue(
        question="Which right or interest does this passage defend?",
        classes=(
            "SELF_GOVERNMENT",
            "JUSTICE",
            "TRADE_AND_TAXES",
            "PEACE_AND_ARMIES",
            "MIGRATION",
            "OTHER",
        ),
        reasoned=True,
    ),
    "devils-dictionary": _Catalogue(
        question="At what is this definition mainly aimed?",
        classes=("POLITICS", "MONEY", "ARTS", "TECHNOLOGY", "FRIENDS", "HUMAN_NATURE"),
    ),
    "gettysburg": _Catalogue(
        question="What sort of speech is this?",
        classes=("DEDICATION", "CAMPAIGN", "SERMON", "LECTURE"),
    ),
    "kjv": _Catalogue(
        question="What sort of text are these verses?",
        classes=("NARRATIVE", "PARABLE", "POEM", "PROVERB", "LETTER", "PROPHECY"),
        every=2,
    ),
    "opticks": _Catalogue(
        question="What sort of scientific text is this?",
        classes=("DEFINITION", "EXPERIMENT", "HYPOTHESIS", "HISTORY", "FRONT_MATTER"),
    ),
    "recipes": _Catalogue(
        question="What is made by this recipe?",
        classes=("SOFT_GINGERBREAD", "THIN_GINGERBREAD", "COOKIES", "WAFERS", "PASTRY"),
        every=3,
    ),
    "sawyer": _Catalogue(
        question="Which is the mood of this passage?",
        classes=("COMIC", "EERIE", "NOSTALGIC", "MOURNFUL", "ADVENTUROUS"),
        every=2,
        reasoned=True,
    ),
}


def classifications(books: dict[str, list[Passage]]) -> Iterator[Job]:
    """One row for each chosen passage: a bare class, or one with its reason."""
    for collection, catalogue in _CATALOGUES.items():
        # The last ones of each group, as in translation: the first are extracted from.
        for passage in books[collection][catalogue.every - 1 :: catalogue.every]:
            yield Job(
                kind=Kind.CLASSIFY,
                collection=collection,
                name=f"{passage.name}-classify",
                instruction=_INSTRUCTION,
                parts=[text(f"{catalogue.question}\n\n{passage.quoted}")],
                config=_reasoned(catalogue.classes)
                if catalogue.reasoned
                else as_enum(string(among=catalogue.classes)),
            )


def as_enum(schema: Schema) -> dict[str, Any]:
    """The generation config of a row whose whole answer is one word of an enum."""
    return {
        "temperature": 0.0,
        "maxOutputTokens": 16,
        "responseMimeType": "text/x.enum",
        "responseSchema": schema,
    }


def _reasoned(classes: tuple[str, ...]) -> dict[str, Any]:
    schema = struct(
        label=string(among=classes),
        confidence=number("from 0 to 1"),
        reason=string("one sentence that quotes the passage"),
    )
    return as_json(schema, most_tokens=256)
