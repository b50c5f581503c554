"""
Checksums and `multipart/related` bodies, made by hand.
"""

import base64
import hashlib
import json
from typing import Any

import google_crc32c

from tests.contract.storage_server import RunningStorage


def md5_of(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def crc32c_of(data: bytes) -> str:
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()


def related(
    server: RunningStorage,
    bucket: str,
    metadata: dict[str, Any],
    data: bytes,
    *,
    newline: bytes = b"\r\n",
    status: int = 200,
    media_headers: bytes = b"Content-Type: text/plain",
    end: bytes = b"--",
) -> Any:
    parts = [
        b"--the boundary",
        b"Content-Type: application/json",
        b"",
        json.dumps(metadata).encode(),
        b"--the boundary",
        *([media_headers] if media_headers else []),
        b"",
        data,
        b"--the boundary" + end,
    ]
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=multipart"
    headers = {"Content-Type": 'multipart/related; boundary="the boundary"'}
    body = newline.join(parts)
    return server.call("POST", path, data=body, headers=headers, status=status).json()
