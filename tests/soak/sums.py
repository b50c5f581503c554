"""Checksums as Cloud Storage writes them."""

import base64

import google_crc32c


def crc32c(data: bytes) -> str:
    """The checksum of these bytes."""
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
