"""
A storage event as Eventarc puts it on the wire: an HTTP POST in CloudEvents' binary
mode (reference: the HTTP protocol binding of CloudEvents 1.0, 3.1).
"""

import hashlib
import json
import secrets
from urllib.parse import quote

from localcloud.storage.disk.outbox import StorageEvent

# Printable ASCII stays, but for the double quote and the percent sign (3.1.3.2).
_HEADER_SAFE = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')


def message_id(event: StorageEvent, copy: int) -> str:
    """
    The id under which a copy of an event is delivered, however often that is tried.

    The service may send several messages, with several ids, for one event; each is a
    copy here. An id is 16 digits, and the same after a restart.
    """
    told = f"{event.bucket}/{event.resource['name']}#{event.id}/{copy}"
    digest = hashlib.sha256(told.encode()).digest()
    return str(10**15 + int.from_bytes(digest[:8], "big") % (9 * 10**15))


def body(event: StorageEvent) -> bytes:
    """
    The bytes of the request: the object as it was then, as JSON.
    """
    return json.dumps(event.resource, ensure_ascii=False).encode()


def headers(event: StorageEvent, copy: int) -> dict[str, str]:
    """
    The headers of the request, but for those of HTTP itself.
    """
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return {
        "ce-specversion": "1.0",
        "ce-id": message_id(event, copy),
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "ce-type": event.type,
        "ce-subject": quote(f"objects/{event.resource['name']}", safe=_HEADER_SAFE),
        "ce-time": event.time,
        "ce-bucket": event.bucket,
        "Content-Type": "application/json",
        "User-Agent": "APIs-Google; "
        "(+https://developers.google.com/webmasters/APIs-Google.html)",
        "traceparent": f"00-{trace}-{span}-00",
        "X-Cloud-Trace-Context": f"{trace}/{int(span, 16)};o=0",
    }
