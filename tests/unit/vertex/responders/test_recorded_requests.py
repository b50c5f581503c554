"""
Which earlier request is the same, and which is another.
"""

import pytest

from localcloud.vertex.answers.row_error import RowError
from tests.unit.vertex.responders.asking import Json, asked, saying, text_of, turn
from tests.unit.vertex.responders.conftest import Record
from tests.unit.vertex.responders.recorded_lines import REAL, line


@pytest.mark.parametrize(
    "change",
    [
        {"generationConfig": {"max_output_tokens": 10.0, "topP": None}},
        {"generation_config": {"maxOutputTokens": 10}},
        {"contents": [turn({"fileData": None, "text": "Hello world!"})]},
        {"tools": None, "safetySettings": [], "labels": {"a": None}},
    ],
)
def test_what_the_service_does_to_an_echo_makes_no_other_request(
    recorded: Record, change: Json
) -> None:
    request: Json = dict(REAL["request"])
    if "generation_config" in change:
        del request["generationConfig"]

    assert text_of(recorded(REAL)(asked(request | change))) == "Hello there!"


@pytest.mark.parametrize(
    "change",
    [
        {"contents": [turn({"text": "Hello world"})]},
        {"generationConfig": {"maxOutputTokens": 11}},
        {"generationConfig": None},
        {"systemInstruction": {"parts": [{"text": "Be brief"}]}},
    ],
)
def test_another_request_is_another_one(recorded: Record, change: Json) -> None:
    request: Json = dict(REAL["request"])

    with pytest.raises(RowError, match="No answer to this request"):
        recorded(REAL)(asked(request | change))


def test_the_names_in_a_users_own_data_are_left_as_they_are(recorded: Record) -> None:
    """`first_name` and `firstName` are two properties, but one field of the API."""

    def with_property(name: str) -> Json:
        schema = {"type": "OBJECT", "properties": {name: {"type": "STRING"}}}
        return saying("Who?", generationConfig={"responseSchema": schema})

    known = line("", "It was known") | {"request": with_property("first_name")}
    find = recorded(known)

    assert text_of(find(asked(with_property("first_name")))) == "It was known"
    with pytest.raises(RowError):
        find(asked(with_property("firstName")))


def test_the_names_in_arguments_and_labels_are_a_users_own(recorded: Record) -> None:
    def calling(**args: str) -> Json:
        call = {"functionCall": {"name": "f", "args": args}}
        return {"contents": [turn(call, role="model")], "labels": {"a_b": "c"}}

    find = recorded(line("", "It was known") | {"request": calling(first_name="A")})

    assert text_of(find(asked(calling(first_name="A")))) == "It was known"
    with pytest.raises(RowError):
        find(asked(calling(firstName="A")))
