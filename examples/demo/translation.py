"""Rows that translate a passage."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from examples.demo.passages import Passage
from examples.demo.rows import Job, Kind, text

_PROSE = (
    "You are a literary translator. Translate into {language} as a careful "
    "publisher would print it today: keep the paragraphs, the names and the tone, "
    "add nothing, explain nothing. Answer with the translation alone."
)
_VERSE = (
    "You are a translator of poetry. Translate into {language}, line for line; "
    "sense goes before rhyme. Answer with the translation alone."
)
_RECIPE = (
    "You translate recipes for home cooks. Translate into {language}, keep one "
    "ingredient a line, and put the metric measure in brackets after each American "
    "one. Answer with the recipe alone."
)
_WIT = (
    "You translate a satirical dictionary into {language}. Keep the form: the "
    "headword in capitals, the part of speech, one dry definition. Answer with the "
    "entry alone."
)
_STYLES = {"sonnets": _VERSE, "recipes": _RECIPE, "devils-dictionary": _WIT}

_LANGUAGES = {
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pl": "Polish",
    "ja": "Japanese",
    "hi": "Hindi",
    "sw": "Swahili",
    "uk": "Ukrainian",
    "ar": "Arabic",
    "zh": "Chinese (simplified characters)",
    "pt": "Brazilian Portuguese",
}
# Of how many passages of a collection one is translated.
_STEPS = {
    "aesop": 2,
    "austen": 3,
    "beagle": 1,
    "declaration": 4,
    "devils-dictionary": 3,
    "kjv": 3,
    "opticks": 3,
    "recipes": 3,
    "sawyer": 3,
    "sonnets": 1,
}
# An example turn in the languages that have one, so that some rows are
# conversations.
_BORE = "BORE, n.  A person who talks when you wish him to listen."
_EXAMPLES = {
    "de": "LANGWEILER, der.  Ein Mensch, der redet, wenn er zuhören soll.",
    "fr": "RASEUR, n. m.  Personne qui parle quand on voudrait qu'elle écoute.",
    "es": "PELMAZO, s. m.  Persona que habla cuando deseas que escuche.",
    "it": "SECCATORE, s. m.  Chi parla quando vorresti che ascoltasse.",
}


def translations(books: dict[str, list[Passage]]) -> Iterator[Job]:
    """Each chosen passage into one language; Lincoln's address into four."""
    languages = cycle(_LANGUAGES)
    for collection, step in _STEPS.items():
        # The last ones of each group: the first ones are extracted from.
        for passage in books[collection][step - 1 :: step]:
            yield _job(passage, next(languages))
    for passage in books["gettysburg"]:
        for code in ("de", "es", "ja", "sw"):
            yield _job(passage, code)


def _job(passage: Passage, code: str) -> Job:
    style = _STYLES.get(passage.collection, _PROSE)
    language = _LANGUAGES[code]
    example = _EXAMPLES.get(code) if style is _WIT else None
    return Job(
        kind=Kind.TRANSLATE,
        collection=passage.collection,
        name=f"{passage.name}-translate-{code}",
        instruction=style.format(language=language),
        parts=[text(f"Translate into {language}:\n\n{passage.quoted}")],
        config=as_prose(temperature=0.7 if style is _WIT else 0.3),
        examples=[(_BORE, example)] if example else (),
    )


def as_prose(
    *, temperature: float = 0.3, most_tokens: int = 2048, top_p: float = 0.95
) -> dict[str, Any]:
    """The generation config of a row that answers in prose."""
    return {
        "temperature": temperature,
        "topP": top_p,
        "maxOutputTokens": most_tokens,
    }
