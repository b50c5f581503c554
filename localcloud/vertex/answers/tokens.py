"""
Tokens, estimated: text by its length, media by rules of thumb.
"""

from enum import StrEnum


class Modality(StrEnum):
    """
    The modalities of usageMetadata.
    """

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    AUDIO = "AUDIO"
    VIDEO = "VIDEO"
    DOCUMENT = "DOCUMENT"


_CHARS_A_TOKEN = 4
# An image or a page is 258 tokens, a second of audio 32 and one of video 263; how
# long a file plays is guessed from its size.
_IMAGE_TOKENS = 258
_AUDIO_TOKENS_A_SECOND = 32
_VIDEO_TOKENS_A_SECOND = 263
_AUDIO_BYTES_A_SECOND = 16_000
_VIDEO_BYTES_A_SECOND = 250_000
_PAGE_BYTES = 50_000


def text_tokens(text: str) -> int:
    return -(-len(text) // _CHARS_A_TOKEN)


def chars_for(tokens: int) -> int:
    """
    The length of text that takes so many tokens.
    """
    return tokens * _CHARS_A_TOKEN


def modality_of(mime_type: str) -> Modality:
    kind = mime_type.partition("/")[0].lower()
    if kind in ("image", "audio", "video"):
        return Modality(kind.upper())
    return Modality.TEXT if kind == "text" else Modality.DOCUMENT


def media_tokens(modality: Modality, size: int) -> int:
    match modality:
        case Modality.IMAGE:
            return _IMAGE_TOKENS
        case Modality.AUDIO:
            return _AUDIO_TOKENS_A_SECOND * max(1, size // _AUDIO_BYTES_A_SECOND)
        case Modality.VIDEO:
            return _VIDEO_TOKENS_A_SECOND * max(1, size // _VIDEO_BYTES_A_SECOND)
        case Modality.DOCUMENT:
            return _IMAGE_TOKENS * max(1, size // _PAGE_BYTES)
        case Modality.TEXT:
            return max(1, size // _CHARS_A_TOKEN)
