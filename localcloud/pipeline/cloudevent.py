"""
A storage event as Eventarc puts it on the wire: an HTTP POST in CloudEvents' binary
mode (reference: the HTTP protocol binding of CloudEvents 1.0, 3.1).
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

FINALIZED = "google.cloud.storage.object.v1.finalized"

# Printable ASCII stays, but for the double quote and the percent sign (3.1.3.2).
_HEADER_SAFE = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent:
    """
    Something that happened to an object; `resource` is the object as JSON has it.

    `sequence` is its place in the order of all events of one storage server.
    """

    sequence: int
    type: str
    bucket: str
    name: str
    time: datetime
    resource: Mapping[str, Any]

    def message_id(self, copy: int = 0) -> str:
        """
        The id under which a copy of it is delivered, however often that is tried.

        The service may send several messages, with several ids, for one event; each
        is a copy here. An id is 16 digits and survives a restart.
        """
        told = f"{self.bucket}/{self.name}#{self.sequence}/{copy}"
        digest = hashlib.sha256(told.encode()).digest()
        return str(10**15 + int.from_bytes(digest[:8]) % (9 * 10**15))

    def body(self) -> bytes:
        """
        The bytes of the request.
        """
        return json.dumps(self.resource, ensure_ascii=False).encode()

    def headers(self, copy: int = 0) -> dict[str, str]:
        """
        The headers of the request, but for those of HTTP itself.
        """
        trace = secrets.token_hex(16)
        span = secrets.token_hex(8)
        return {
            "ce-specversion": "1.0",
            "ce-id": self.message_id(copy),
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{self.bucket}",
            "ce-type": self.type,
            "ce-subject": quote(f"objects/{self.name}", safe=_HEADER_SAFE),
            "ce-time": timestamp(self.time),
            "ce-bucket": self.bucket,
            "Content-Type": "application/json",
            "User-Agent": "APIs-Google; "
            "(+https://developers.google.com/webmasters/APIs-Google.html)",
            "traceparent": f"00-{trace}-{span}-00",
            "X-Cloud-Trace-Context": f"{trace}/{int(span, 16)};o=0",
        }


def timestamp(moment: datetime) -> str:
    """
    Write a moment as RFC 3339 in UTC, with milliseconds.
    """
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
