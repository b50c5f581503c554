"""
Requests in one form, whatever the way through the service has done to them.

An echoed request has its keys in another order, nulls (or empty lists) where other
rows have fields, and whole numbers with a point; one row says `fileData`, another
`file_data`. None of that makes another request.
"""

import json
from hashlib import blake2b
from typing import Any

from localcloud.vertex.answers.fields import Json

# What is below these is a user's own data: names there are no fields of the service.
_DATA = frozenset(
    {
        *("args", "default", "example", "labels", "response"),
        *("parametersJsonSchema", "responseJsonSchema"),
    }
)
# Their fields have a user's own names, and are schemas again.
_NAMED_BY_USERS = frozenset({"defs", "properties"})
_DIGITS = 18


def digest(request: Json) -> bytes:
    """
    What is the same for two requests that mean the same, and for no others.
    """
    text = json.dumps(_pruned(request), sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def parsed(request: Any) -> Json | None:
    """
    A request, which a column of text may hold as JSON; None if it is none.
    """
    if isinstance(request, str):
        try:
            request = json.loads(request)
        except (ValueError, RecursionError):
            return None
    return request if isinstance(request, dict) else None


def plain_key(key: Any) -> Any:
    """
    A row's key, the same before and after digits became a number: "007" and 7.
    """
    if isinstance(key, str) and key.isascii() and key.isdigit():
        return int(key) if len(key) <= _DIGITS else key
    return key


def _pruned(value: Any, *, data: bool = False) -> Any:
    """
    The value without what stands for nothing; fields in camelCase, unless it is data.
    """
    if isinstance(value, dict):
        return _fields(value, data=data, as_named=data)
    if isinstance(value, list):
        return [_pruned(each, data=data) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _fields(value: Json, *, data: bool, as_named: bool) -> Json:
    kept = {}
    for given, item in value.items():
        name = given if as_named else _camel(given)
        if not as_named and name in _NAMED_BY_USERS and isinstance(item, dict):
            pruned: Any = _fields(item, data=False, as_named=True)
        else:
            below = data or (not as_named and name in _DATA)
            pruned = _pruned(item, data=below)
        if pruned is not None and pruned != {} and pruned != []:
            kept[name] = pruned
    return kept


def _camel(name: str) -> str:
    first, *others = name.split("_")
    if not first or not others:
        return name
    return first + "".join(part[:1].upper() + part[1:] for part in others)
