"""
GenerateContentResponses made of what a responder has to say.
"""

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Any

import msgspec

from localcloud.google_codes import Code
from localcloud.vertex.answers.answer import Asked, short_name
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.answers.row_error import RowError

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def spoken(text: str, asked: Asked) -> Json:
    """
    The response that says a text, and nothing of tokens, which nobody has counted.
    """
    return storable(
        {
            "candidates": [
                {
                    "content": {"parts": [{"text": text}], "role": "model"},
                    "finishReason": "STOP",
                }
            ],
            "createTime": asked.create_time,
            "modelVersion": short_name(asked.model),
            "responseId": response_id(text, asked.create_time),
        }
    )


def response_id(*of: str) -> str:
    """
    An id as responses carry one, made from what it is of.
    """
    whole = "\x00".join(of).encode("utf-8", "surrogatepass")
    digest = blake2b(whole, digest_size=16).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def storable(response: dict[str, Any]) -> Json:
    """
    The response as JSON has it, a copy; a RowError if it can't be written as JSON.
    """
    try:
        copy: Json = _decode(_encode(response))
    except (TypeError, ValueError, RecursionError) as error:
        raise RowError(
            f"The response is no JSON: {type(error).__name__}: {error}", Code.INTERNAL
        ) from error
    return copy
