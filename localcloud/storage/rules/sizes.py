"""
How large an object may be, and numbers that are far too large.

https://cloud.google.com/storage/quotas#objects
"""

from localcloud.storage.rules.errors import StorageError

OBJECT_BYTES = 5 * 1024**4
# Twenty digits are more than any size or offset.
_MOST_DIGITS = 20


class TooLargeError(StorageError):
    """
    An object can't have so many bytes.
    """

    status = 413
    reason = "uploadTooLarge"
    xml_code = "EntityTooLarge"
    xml_message = "Your proposed upload is larger than the maximum object size."

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The object would have {size} bytes, more than the {OBJECT_BYTES} (5 TiB) "
            "that an object may have."
        )


def check_size(size: int | None) -> None:
    """
    Pass a size that an object may have, or none; TooLargeError for any other.
    """
    if size is not None and size > OBJECT_BYTES:
        raise TooLargeError(size)


def number(digits: str) -> int:
    """
    What digits say, as far as it can matter: Python refuses to read thousands of them.
    """
    return int(digits.lstrip("0")[:_MOST_DIGITS] or "0")
