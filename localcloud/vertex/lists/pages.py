"""
Lists of jobs: pages that hang together, and the fields that were asked for.
"""

import base64
import binascii
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from google.protobuf.message import Message

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.resource import Resource


def page_size(asked: int, default: int, most: int) -> int:
    if asked < 0:
        raise ApiError(
            Code.INVALID_ARGUMENT, f"page_size must not be negative: {asked}"
        )
    return min(asked or default, most)


def page_token(number: int, parent: str, filter_text: str) -> str:
    """
    The token of the page after the job with this number.
    """
    raw = number.to_bytes(8) + _list_id(parent, filter_text)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_page_token(token: str, parent: str, filter_text: str) -> int | None:
    """
    The number of the last job before the page; None for the first page.
    """
    if not token:
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise _bad_token() from error
    # A token is of one list: with another filter it would skip jobs.
    if len(raw) != 16 or raw[8:] != _list_id(parent, filter_text):
        raise _bad_token()
    return int.from_bytes(raw[:8])


def check_mask(paths: Iterable[str], job_type: type[Message]) -> tuple[str, ...]:
    """
    A read mask in the names of JSON, or an error for a field that isn't there.
    """
    checked = []
    for path in paths:
        if path == "*":
            return ()
        checked.append(_json_path(path, job_type))
    return tuple(checked)


def masked(resource: Resource, paths: tuple[str, ...]) -> Resource:
    """
    The fields of the mask; all of them if it is empty.
    """
    if not paths:
        return resource
    wanted: dict[str, Any] = {}
    for path in paths:
        _copy(resource, wanted, path.split("."))
    # In the resource's own order.
    return {name: wanted[name] for name in resource if name in wanted}


def _copy(source: dict[str, Any], target: dict[str, Any], path: list[str]) -> None:
    name, *rest = path
    if name not in source:
        return
    if not rest:
        target[name] = source[name]
    elif isinstance(source[name], dict):
        inner = target.setdefault(name, {})
        if inner is not source[name]:
            _copy(source[name], inner, rest)


def _json_path(path: str, job_type: type[Message]) -> str:
    names = []
    # Descriptors come in two kinds, in C and in Python, with one shape.
    kind: Any = job_type.DESCRIPTOR
    for step in path.split("."):
        known = {} if kind is None else {field.name: field for field in kind.fields}
        known |= {field.json_name: field for field in known.values()}
        found = known.get(step)
        if found is None and not _is_map(kind):
            raise ApiError(
                Code.INVALID_ARGUMENT, f"Invalid read mask: no field {path!r}."
            )
        names.append(step if found is None else found.json_name)
        kind = None if found is None else found.message_type
    return ".".join(names)


def _is_map(kind: Any) -> bool:
    return kind is not None and bool(kind.GetOptions().map_entry)


def _list_id(parent: str, filter_text: str) -> bytes:
    return blake2b(f"{parent}\x00{filter_text}".encode(), digest_size=8).digest()


def _bad_token() -> ApiError:
    return ApiError(Code.INVALID_ARGUMENT, "The page token is invalid.")
