"""
One row of a batch: a key and a GenerateContentRequest, as Vertex AI imports it.

The importer infers one type for each JSON path over the whole file, and stores
no empty object: so numbers that may have a fraction are always written with
one, and what a row has no use for is left out.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_HIGH_ONLY = "BLOCK_ONLY_HIGH"
_HARM = (
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
)
# Old books hold wars, poisons and courtships. Cook books don't.
_NEEDS_NO_SAFETY_SETTINGS = frozenset({"recipes", "opticks", "beagle"})


class Kind(StrEnum):
    """What sort of work a row is."""

    EXTRACT = "extract"
    TRANSLATE = "translate"
    CLASSIFY = "classify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row's work, before it is written as a request."""

    kind: Kind
    collection: str
    name: str
    instruction: str
    parts: Sequence[dict[str, Any]]
    config: dict[str, Any]
    examples: Sequence[tuple[str, str]] = ()
    functions: Sequence[dict[str, Any]] = field(default_factory=tuple)
    must_call: bool = False

    @property
    def key(self) -> str:
        """Unique over the file; begins with a letter, so it stays a string."""
        return f"{self.collection}-{self.name}"

    def row(self) -> dict[str, Any]:
        """The line of the batch file."""
        request: dict[str, Any] = {
            "contents": [*self._examples(), content("user", *self.parts)],
            "systemInstruction": {"parts": [{"text": self.instruction}]},
            "generationConfig": self.config
            | {
                "seed": seed(self.key),
                # Thoughts would use up maxOutputTokens before the answer begins.
                "thinkingConfig": {"thinkingBudget": 0},
            },
            "labels": {"kind": self.kind.value, "collection": self.collection},
        }
        if self.collection not in _NEEDS_NO_SAFETY_SETTINGS:
            request["safetySettings"] = [
                {"category": harm, "threshold": _HIGH_ONLY} for harm in _HARM
            ]
        if self.functions:
            request["tools"] = [{"functionDeclarations": list(self.functions)}]
            calling: dict[str, Any] = {"mode": "ANY" if self.must_call else "AUTO"}
            if self.must_call:
                names = [function["name"] for function in self.functions]
                calling["allowedFunctionNames"] = names
            request["toolConfig"] = {"functionCallingConfig": calling}
        return {"key": self.key, "request": request}

    def _examples(self) -> list[dict[str, Any]]:
        return [
            turn
            for asked, answered in self.examples
            for turn in (content("user", text(asked)), content("model", text(answered)))
        ]


def content(role: str, *parts: dict[str, Any]) -> dict[str, Any]:
    """One turn of the conversation."""
    return {"role": role, "parts": list(parts)}


def text(words: str) -> dict[str, Any]:
    """A part that is text."""
    return {"text": words}


def seed(key: str) -> int:
    """A number that depends on the key alone, so a row is the same in every run."""
    return zlib.crc32(key.encode()) % 100_000
