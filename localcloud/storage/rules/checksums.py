"""
The checksums that a client says its content has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from localcloud.storage.rules.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksums:
    """
    In base64, as everywhere in Cloud Storage; None where the client says nothing.
    """

    md5: str | None = None
    crc32c: str | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any], header: str | None) -> Self:
        """
        Those in an object resource; a `x-goog-hash` header says more, or the last.
        """
        said = {
            "md5": metadata.get("md5Hash"),
            "crc32c": metadata.get("crc32c"),
        }
        for part in (header or "").split(","):
            kind, equals, value = part.strip().partition("=")
            if equals and kind.lower() in said:
                said[kind.lower()] = value
        if not all(value is None or isinstance(value, str) for value in said.values()):
            raise InvalidError("Invalid value for: md5Hash or crc32c")
        return cls(**said)

    def check(self, md5: str | None, crc32c: str) -> None:
        """
        Pass a content that has these checksums; InvalidError for any other.
        """
        if self.crc32c not in (None, crc32c):
            raise InvalidError(
                f'Provided CRC32C "{self.crc32c}" doesn\'t match calculated CRC32C '
                f'"{crc32c}".'
            )
        if md5 is not None and self.md5 not in (None, md5):
            raise InvalidError(
                f'Provided MD5 hash "{self.md5}" doesn\'t match calculated MD5 hash '
                f'"{md5}".'
            )
