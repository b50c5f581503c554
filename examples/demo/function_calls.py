"""Rows that extract by calling functions: tools, by choice and by order."""

from collections.abc import Iterator
from typing import Any

from examples.demo.passages import Passage
from examples.demo.rows import Job, Kind, text
from examples.demo.schemas import array, boolean, number, string, struct
from examples.demo.translation import as_prose

_SHOPPING = {
    "name": "add_to_shopping_list",
    "description": "Puts what a recipe needs on the shopping list.",
    "parameters": struct(
        recipe=string("the recipe's title"),
        items=array(
            struct(
                article=string(),
                amount=number(),
                unit=string("g, ml or piece"),
                optional=("amount", "unit"),
            )
        ),
    ),
}
_PERSON = {
    "name": "record_person",
    "description": "Adds a person to the index of characters, once each.",
    "parameters": struct(
        name=string(),
        title=string("such as Sir, Mrs. or Lady"),
        related_to=string("another person of the passage"),
        relation=string(
            among=("PARENT", "CHILD", "SIBLING", "SPOUSE", "FRIEND", "OTHER")
        ),
        optional=("title", "related_to", "relation"),
    ),
}
_PLACE = {
    "name": "record_place",
    "description": "Adds a place to the gazetteer.",
    "parameters": struct(
        place=string("as spelt in the passage"),
        within=string("the country, county or river it belongs to"),
        is_fictional=boolean(),
        optional=("within",),
    ),
}
_INSTRUCTION = (
    "You keep the index of a library. Read the passage and call the functions for "
    "what it names. Record nothing that the passage does not say."
)


def function_calls(books: dict[str, list[Passage]]) -> Iterator[Job]:
    """Shopping lists from recipes; people and places from novels and voyages."""
    for passage in books["recipes"][1::2]:
        yield _job(passage, "shop", "Make a shopping list in metric units.", _SHOPPING)
    for passage in books["austen"][1::2]:
        yield _job(passage, "index", "Index the people.", _PERSON)
    for passage in books["sawyer"][7::2]:
        yield _job(passage, "gazetteer", "Index the places.", _PLACE)
    for passage in books["beagle"]:
        yield _job(passage, "gazetteer", "Index the places.", _PLACE)
    for passage in books["kjv"][2:16:4]:
        yield _job(
            passage, "index", "Index people and places.", _PERSON, _PLACE, free=True
        )


def _job(
    passage: Passage,
    suffix: str,
    wanted: str,
    *functions: dict[str, Any],
    free: bool = False,
) -> Job:
    return Job(
        kind=Kind.EXTRACT,
        collection=passage.collection,
        name=f"{passage.name}-{suffix}",
        instruction=_INSTRUCTION,
        parts=[text(f"{wanted}\n\n{passage.quoted}")],
        config=as_prose(temperature=0.0, most_tokens=1024),
        functions=functions,
        must_call=not free,
    )
