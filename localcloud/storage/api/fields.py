"""
Partial responses: `fields=items(name,metadata/a),nextPageToken`.

https://cloud.google.com/storage/docs/json_api#partial-response
"""

import re
from collections.abc import Mapping
from typing import Any, Self

from localcloud.storage.rules.errors import InvalidError

_TOKENS = re.compile(r"[^,()/\s]+|[,()/]")


class FieldMask:
    """
    Which fields an answer keeps. An empty mask keeps everything below it.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Self] = {}

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        The mask that `text` describes; InvalidError if it describes none.
        """
        mask = cls()
        tokens = _TOKENS.findall(text)
        if not tokens or mask._read(tokens, 0) != len(tokens):
            raise InvalidError(f"Invalid field selection {text}")
        return mask

    def apply(self, value: Any) -> Any:
        """
        What the mask keeps of a value.
        """
        if not self._kept:
            return value
        if isinstance(value, list):
            return [self.apply(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        everywhere = self._kept.get("*")
        result = {}
        for key, inner in value.items():
            mask = self._kept.get(key, everywhere)
            if mask is not None:
                result[key] = mask.apply(inner)
        return result

    def _read(self, tokens: list[str], at: int) -> int:
        """
        Read a list of fields from `at`; returns where it ends.
        """
        while True:
            leaf = self
            while True:
                if at >= len(tokens) or tokens[at] in ",()/":
                    raise InvalidError(f"Invalid field selection {''.join(tokens)}")
                leaf = leaf._kept.setdefault(tokens[at], type(self)())
                at += 1
                if at < len(tokens) and tokens[at] == "/":
                    at += 1
                    continue
                break
            if at < len(tokens) and tokens[at] == "(":
                at = leaf._read(tokens, at + 1)
                if at >= len(tokens) or tokens[at] != ")":
                    raise InvalidError(f"Invalid field selection {''.join(tokens)}")
                at += 1
            if at < len(tokens) and tokens[at] == ",":
                at += 1
                continue
            return at
