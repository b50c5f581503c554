"""The demo's bundled input: made as documented, and fit for the importer."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.demo.make_requests import REQUESTS
from examples.demo.media_rows import BUCKET, MIME_TYPES
from examples.demo.passages import read_passages
from shared.preflight import Preflight
from shared.routes import Limits

ROOT = Path(__file__).parents[2]
MEDIA = REQUESTS.parent / "media"
MAGIC = {
    ".flac": rb"fLaC",
    ".jpg": rb"\xff\xd8\xff",
    ".mp3": rb"ID3|\xff[\xe2-\xff]",
    ".mp4": rb"....ftyp",
    ".ogg": rb"OggS",
    ".png": rb"\x89PNG",
    ".webm": rb"\x1a\x45\xdf\xa3",
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in REQUESTS.read_bytes().splitlines()]


def fields(value: object, path: str = "$") -> Iterator[tuple[str, object]]:
    """Every JSON path of a row with what stands there, lists' items under `[]`."""
    yield path, value
    if isinstance(value, dict):
        for name, child in value.items():
            yield from fields(child, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from fields(item, f"{path}[]")


def files(row: dict[str, Any]) -> Iterator[dict[str, str]]:
    for turn in row["request"]["contents"]:
        for part in turn["parts"]:
            if "fileData" in part:
                yield part["fileData"]


def test_the_script_makes_the_committed_bytes_again(tmp_path: Path) -> None:
    made = tmp_path / "requests.jsonl"
    subprocess.run(
        [sys.executable, "-m", "examples.demo.make_requests", str(made)],
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert made.read_bytes() == REQUESTS.read_bytes()


def test_it_is_at_least_240_rows_of_three_kinds_in_less_than_a_megabyte(
    rows: list[dict[str, Any]],
) -> None:
    kinds = Counter(row["request"]["labels"]["kind"] for row in rows)
    assert len(rows) >= 240
    assert kinds.keys() == {"extract", "translate", "classify"}
    assert min(kinds.values()) >= 50
    readme = (REQUESTS.parent / "README.md").read_text(encoding="utf-8")
    assert f"{len(rows)} rows" in readme
    for kind, count in kinds.items():
        assert f"| `{kind}` | {count} |" in readme
    assert REQUESTS.stat().st_size < 1_000_000


def test_it_uses_what_a_request_can_hold(rows: list[dict[str, Any]]) -> None:
    paths = Counter(path for row in rows for path in {p for p, _ in fields(row)})
    assert paths["$.request.systemInstruction"] == len(rows)
    assert paths["$.request.generationConfig.responseSchema"] >= 100
    assert paths["$.request.safetySettings"] >= 100
    assert paths["$.request.toolConfig"] >= 10
    modes = {
        value
        for row in rows
        for path, value in fields(row)
        if path == "$.request.toolConfig.functionCallingConfig.mode"
    }
    assert modes == {"ANY", "AUTO"}


def test_every_key_is_its_own_and_begins_with_a_letter(
    rows: list[dict[str, Any]],
) -> None:
    keys = [row["key"] for row in rows]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", key) for key in keys)


def test_the_preflight_accepts_it_without_a_remark() -> None:
    preflight = Preflight(Limits(), [f"gs://{BUCKET}/"])
    preflight.feed(REQUESTS.read_bytes())
    verdict = preflight.finish()
    assert verdict.problems == ()
    assert verdict.warnings == ()
    assert verdict.rows >= 240


def test_the_importer_finds_one_type_for_each_path_and_nothing_empty(
    rows: list[dict[str, Any]],
) -> None:
    """Stricter than the preflight: 1 and 0.5 are two types here."""
    types: dict[str, type] = {}
    for row in rows:
        for path, value in fields(row):
            assert value not in ({}, [], "", None), (row["key"], path)
            assert types.setdefault(path, type(value)) is type(value), path
            assert path.count(".") - 1 <= 15, path
    assert "[][]" not in "".join(types)
    names = {path.rsplit(".", 1)[-1].removesuffix("[]") for path in types} - {"$"}
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,299}", name) for name in names)
    # Column names are compared without case: https://cloud.google.com/bigquery/docs/schemas
    assert len({path.lower() for path in types}) == len(types)


def test_every_object_that_a_row_names_is_among_the_media(
    rows: list[dict[str, Any]],
) -> None:
    named = [file for row in rows for file in files(row)]
    with_files = [row for row in rows if any(files(row))]
    kinds = {file["mimeType"].split("/")[0] for file in named}
    assert len(with_files) >= 24
    assert kinds == {"image", "audio", "video"}
    for file in named:
        name = file["fileUri"].removeprefix(f"gs://{BUCKET}/")
        assert (MEDIA / name).is_file()
        assert file["mimeType"] == MIME_TYPES[Path(name).suffix]


def test_every_media_file_is_named_small_and_what_its_suffix_says(
    rows: list[dict[str, Any]],
) -> None:
    named = {Path(file["fileUri"]).name for row in rows for file in files(row)}
    media = {path.name: path.read_bytes() for path in MEDIA.iterdir()}
    assert media.keys() == named
    assert sum(map(len, media.values())) <= 1_500_000
    for name, data in media.items():
        assert re.match(MAGIC[Path(name).suffix], data, re.DOTALL), name


def test_every_passage_is_asked_about_word_for_word(
    rows: list[dict[str, Any]],
) -> None:
    asked = "\0".join(
        part["text"]
        for row in rows
        for turn in row["request"]["contents"]
        for part in turn["parts"]
        if "text" in part
    )
    passages = [each for book in read_passages().values() for each in book]
    unused = [each.name for each in passages if each.text not in asked]
    assert unused == []


def test_every_schema_and_function_can_be_answered(
    rows: list[dict[str, Any]],
) -> None:
    schemas = [
        value
        for row in rows
        for _, value in fields(row)
        if isinstance(value, dict) and isinstance(value.get("type"), str)
    ]
    for schema in schemas:
        assert schema["type"] in {
            "STRING",
            "INTEGER",
            "NUMBER",
            "BOOLEAN",
            "ARRAY",
            "OBJECT",
        }
        assert ("items" in schema) == (schema["type"] == "ARRAY")
        assert set(schema.get("required", ())) <= schema.get("properties", {}).keys()
    for row in rows:
        config = row["request"].get("toolConfig", {}).get("functionCallingConfig", {})
        declared = {
            function["name"]
            for tool in row["request"].get("tools", ())
            for function in tool["functionDeclarations"]
        }
        assert set(config.get("allowedFunctionNames", ())) <= declared
