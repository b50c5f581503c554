"""
Lists in pages: a page token is the name that the page before ended with.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

from localcloud.pubsub.refusals import invalid

_LARGEST_PAGE = 1_000

Item = TypeVar("Item")


def page(
    items: Sequence[Item],
    *,
    name: Callable[[Item], str],
    size: int,
    token: str,
) -> tuple[Sequence[Item], str]:
    """
    The page after `token` of items that are sorted by name, and the next token.
    """
    if size < 0:
        raise invalid("You have passed an invalid argument (argument=page_size).")
    last = _last_name(token)
    rest = [item for item in items if name(item) > last]
    found = rest[: min(size or _LARGEST_PAGE, _LARGEST_PAGE)]
    if len(found) == len(rest):
        return found, ""
    return found, urlsafe_b64encode(name(found[-1]).encode()).decode()


def _last_name(token: str) -> str:
    try:
        return urlsafe_b64decode(token).decode()
    except ValueError as error:
        raise invalid(f"Invalid page token given (page_token={token}).") from error
