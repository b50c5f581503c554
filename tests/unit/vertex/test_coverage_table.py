"""
What the simulator says of itself, for the table in the documentation.
"""

import re
from dataclasses import fields
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from localcloud.coverage import HowSure
from localcloud.vertex.coverage import COVERED, NOT_SIMULATED
from localcloud.vertex.knobs import KNOBS, Knobs

SECTION = re.compile(r"(0\.\d{1,2}|[A-D]\d)")


@pytest.mark.parametrize("name", KNOBS)
def test_every_knob_says_what_how_sure_and_where_from(name: str) -> None:
    knob = KNOBS[name]
    assert knob.says.strip() == knob.says != ""
    assert knob.how_sure in get_args(HowSure)
    assert SECTION.fullmatch(knob.source)
    assert getattr(Knobs(), name) == knob.default


def test_a_knob_of_a_few_words_says_each_but_its_default() -> None:
    """It is the one place in which they stand."""
    for name, kind in get_type_hints(Knobs).items():
        words = get_args(kind) if get_origin(kind) is Literal else ()
        for word in set(words) - {KNOBS[name].default}:
            assert f"`{word}`" in KNOBS[name].says, (name, word)


def test_no_field_of_the_knobs_is_left_out() -> None:
    assert list(KNOBS) == [each.name for each in fields(Knobs)]


def test_what_is_covered_says_in_which_section() -> None:
    for each in COVERED:
        sections, _, source = each.source.partition("; ")
        assert source, each
        assert all(SECTION.fullmatch(one) for one in sections.split(", ")), each


@pytest.mark.parametrize("what", ["several input files", "the words of a 429"])
def test_what_the_facts_have_as_likely_or_in_conflict_is_not_sure(what: str) -> None:
    (claim,) = (each for each in COVERED if what in each.what)
    assert claim.how_sure == "likely"


def test_nothing_is_said_twice() -> None:
    said = [each.what for each in (*COVERED, *NOT_SIMULATED)]
    said += [knob.says for knob in KNOBS.values()]
    assert len(said) == len(set(said))
