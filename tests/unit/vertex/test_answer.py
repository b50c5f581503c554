"""
Answers: what a request may ask for, and what is refused row by row.
"""

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from localcloud.vertex.answers.answer import Asked, answer
from localcloud.vertex.answers.row_error import RowError
from tests.unit.vertex.row_work import text_row

Json = dict[str, Any]


class Files:
    """
    Every file exists, and has the same size.
    """

    def size(self, uri: str) -> int:
        return 64_000

    def content(self, uri: str) -> bytes:
        return bytes(64_000)


def respond(
    request: Json, model: str = "publishers/google/models/gemini-2.5-flash"
) -> Json:
    return answer(
        Asked(request=request, model=model, media=Files(), create_time="2026-01-01Z")
    )


def asking(text: str = "Name the capital of France.", **config: Any) -> Json:
    request: Json = text_row(text)["request"]
    return request | ({"generationConfig": config} if config else {})


def said(response: Json) -> str:
    text: str = response["candidates"][0]["content"]["parts"][0]["text"]
    return text


def test_plain_text_says_that_it_is_simulated() -> None:
    text = said(respond(asking()))
    assert text.startswith("[simulated gemini-2.5-flash] ")
    assert "capital of France" in text


def test_the_same_request_gets_the_same_answer_and_others_do_not() -> None:
    texts = [f"Question {n} about {word}" for n, word in enumerate("abcdefgh")]
    once = [respond(asking(text)) for text in texts]
    assert once == [respond(asking(text)) for text in texts]
    assert len({response["responseId"] for response in once}) == len(texts)


def test_a_tuned_model_answers_under_its_own_name() -> None:
    response = respond(asking(), "projects/1/locations/us-central1/models/77@2")
    assert response["modelVersion"] == "77@2"


@pytest.mark.parametrize("name", ["responseSchema", "response_schema"])
def test_an_answer_fits_the_response_schema(name: str) -> None:
    schema = {
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING"}, "size": {"type": "INTEGER"}},
        "required": ["city"],
    }
    config: Json = {"responseMimeType": "application/json", name: schema}
    value = json.loads(said(respond(asking(**config))))
    assert isinstance(value["city"], str)
    assert isinstance(value["size"], int)


def test_an_answer_fits_a_json_schema() -> None:
    schema = {"type": "array", "items": {"type": ["integer", "null"]}, "minItems": 2}
    config: Json = {
        "responseMimeType": "application/json",
        "responseJsonSchema": schema,
    }
    jsonschema_rs.validate(schema, json.loads(said(respond(asking(**config)))))


def test_json_without_a_schema_is_json() -> None:
    value = json.loads(said(respond(asking(responseMimeType="application/json"))))
    assert value["simulated"] is True


def test_an_enum_is_answered_with_one_of_its_values() -> None:
    schema = {"type": "STRING", "enum": ["positive", "negative"]}
    config: Json = {"responseMimeType": "text/x.enum", "responseSchema": schema}
    texts = {said(respond(asking(f"Rate {n}", **config))) for n in range(30)}
    assert texts == {"positive", "negative"}


def test_a_forced_function_is_called_with_arguments_that_fit() -> None:
    parameters = {
        "type": "OBJECT",
        "properties": {"place": {"type": "STRING"}, "days": {"type": "INTEGER"}},
        "required": ["place", "days"],
    }
    functions = [
        {"name": "other", "parameters": {"type": "OBJECT", "properties": {}}},
        {"name": "forecast", "parameters": parameters},
    ]
    config: Json = {"mode": "ANY", "allowedFunctionNames": ["forecast"]}
    request = asking() | {
        "tools": [{"functionDeclarations": functions}],
        "toolConfig": {"functionCallingConfig": config},
    }
    (part,) = respond(request)["candidates"][0]["content"]["parts"]
    assert part["functionCall"]["name"] == "forecast"
    assert isinstance(part["functionCall"]["args"]["days"], int)

    config["mode"] = "AUTO"
    assert said(respond(request)).startswith("[simulated")


def test_output_tokens_are_limited() -> None:
    response = respond(asking(maxOutputTokens=3))
    (candidate,) = response["candidates"]
    assert candidate["finishReason"] == "MAX_TOKENS"
    assert response["usageMetadata"]["candidatesTokenCount"] == 3
    assert len(said(response)) == 12


def test_several_candidates_are_numbered() -> None:
    candidates = respond(asking(candidateCount=3))["candidates"]
    assert [candidate["index"] for candidate in candidates] == [0, 1, 2]


def test_tokens_are_counted_by_modality() -> None:
    def file(mime_type: str) -> Json:
        return {"fileData": {"fileUri": "gs://b/f", "mimeType": mime_type}}

    parts = [
        *({"text": "x" * 40}, file("image/png"), file("image/png")),
        *(file("audio/mpeg"), file("video/mp4"), file("application/pdf")),
        {"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}},
    ]
    request = {
        "systemInstruction": {"parts": [{"text": "y" * 8}]},
        "contents": [{"role": "user", "parts": parts}],
    }
    usage = respond(request)["usageMetadata"]
    counts = {
        each["modality"]: each["tokenCount"] for each in usage["promptTokensDetails"]
    }
    assert counts == {
        "TEXT": 12,
        "IMAGE": 3 * 258,
        "AUDIO": 4 * 32,
        "VIDEO": 263,
        "DOCUMENT": 258,
    }
    assert usage["promptTokenCount"] == sum(counts.values())


def test_snake_case_and_lone_values_are_understood() -> None:
    request = {
        "system_instruction": {"parts": {"text": "Be brief"}},
        "contents": {"role": "user", "parts": {"text": "Hello there"}},
        "generation_config": {"max_output_tokens": "2"},
    }
    assert respond(request)["candidates"][0]["finishReason"] == "MAX_TOKENS"


def part(**data: Any) -> Json:
    return {"contents": [{"role": "user", "parts": [data]}]}


PNG: Json = {"mimeType": "image/png", "fileUri": "gs://b/x.png"}
REFUSED: list[tuple[Json, str]] = [
    ({}, "at least one contents field"),
    ({"contents": []}, "at least one contents field"),
    ({"contents": "text"}, "at least one contents field"),
    ({"contents": [{"role": "user"}]}, "at least one parts field"),
    ({"contents": [{"role": "user", "parts": []}]}, "at least one parts field"),
    ({"contents": [{"parts": [{"text": "x"}]}]}, "Please use a valid role"),
    ({"contents": [{"role": "system", "parts": [{"text": "x"}]}]}, "valid role"),
    (part(text=""), "empty text parameter"),
    (part(text=7), "contents[0].parts[0].text"),
    (part(), "required oneof field 'data'"),
    (part(text=None), "required oneof field 'data'"),
    (part(text="x", fileData=PNG), "oneof field 'data' is already set"),
    (part(fileData="gs://b/x.png"), "fileData"),
    (part(fileData={"fileUri": "gs://b/x.png"}), "mimeType"),
    (part(fileData={"mimeType": "image/png"}), "file_uri"),
    (part(fileData=PNG | {"fileUri": "file:///etc/passwd"}), "unsupported file uri"),
    (part(inlineData={"mimeType": "image/png", "data": "%%%"}), "Base64"),
    (part(inlineData={"mimeType": "image/png"}), "Base64"),
    (asking(temperature=3), "temperature value of 3"),
    (asking(temperature="hot"), "temperature"),
    (asking(maxOutputTokens=0), "maxOutputTokens value of 0"),
    (asking(maxOutputTokens=70_000), "1 (inclusive) to 65537 (exclusive)"),
    (asking(responseMimeType="image/png"), "response_mime_type"),
    (asking(responseSchema={"type": "THING"}), "response_schema"),
    (asking(responseSchema="x"), "responseSchema"),
    (asking() | {"cachedContent": "projects/1/…"}, "caching"),
    (
        asking() | {"tools": [{"functionDeclarations": [{"name": "1 bad"}]}]},
        "tools[0].function_declarations[0].name: [FIELD_INVALID]",
    ),
]


@pytest.mark.parametrize(("request_", "words"), REFUSED)
def test_a_request_that_makes_no_sense_fails_its_row(
    request_: Json, words: str
) -> None:
    with pytest.raises(RowError, match=re.escape(words)) as failed:
        respond(request_)
    status = failed.value.status()
    assert status.startswith("Bad Request: {")
    error = json.loads(status.removeprefix("Bad Request: "))["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")


def test_a_role_may_be_optional() -> None:
    request = {"contents": [{"parts": [{"text": "x"}]}]}
    asked = Asked(
        request=request,
        model="gemini-2.5-flash",
        media=Files(),
        create_time="",
        role_required=False,
    )
    assert answer(asked)["candidates"]
