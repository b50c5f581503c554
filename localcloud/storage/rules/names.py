"""
Which names buckets and objects may have.

https://cloud.google.com/storage/docs/buckets#naming and
https://cloud.google.com/storage/docs/objects#naming
"""

import re

from localcloud.storage.rules.errors import InvalidError, RequiredError

OBJECT_NAME_BYTES = 1024
# How much of a name that is too long the service repeats in its error.
_SHOWN_OF_A_LONG_NAME = 80
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]")
_IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_LIKE_GOOGLE = re.compile(r"g[o0][o0]g[l1]e")


def check_bucket_name(name: str) -> None:
    """
    Pass a name that a new bucket may have; InvalidError for any other.
    """
    longest = 222 if "." in name else 63
    parts = name.split(".")
    if (
        not 3 <= len(name) <= longest
        or _BUCKET.fullmatch(name) is None
        or any(not 1 <= len(part) <= 63 for part in parts)
        or _IP_ADDRESS.fullmatch(name) is not None
        or name.startswith("goog")
        or _LIKE_GOOGLE.search(name) is not None
    ):
        raise InvalidError(f"Invalid bucket name: '{name}'")


def check_object_name(name: str) -> None:
    """
    Pass a name that a new object may have; InvalidError for any other.
    """
    if not name:
        raise RequiredError("Required")
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise _disallowed(name) from error
    if size > OBJECT_NAME_BYTES:
        raise InvalidError(
            f"The maximum object length is {OBJECT_NAME_BYTES} characters, but got a "
            f"name with {size} characters: '{name[:_SHOWN_OF_A_LONG_NAME]}...'"
        )
    if "\r" in name or "\n" in name:
        raise _disallowed(name)
    if name in (".", "..") or name.startswith(".well-known/acme-challenge/"):
        raise InvalidError(f"Invalid object name: '{name}'")


def _disallowed(name: str) -> InvalidError:
    shown = name.encode("unicode_escape", "replace").decode("ascii")
    return InvalidError(
        f"Disallowed unicode characters present in object name '{shown}'"
    )
