"""
JSON to requests and replies to JSON, as `google.api.http` lays down.

https://github.com/googleapis/googleapis/blob/master/google/api/http.proto
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from localcloud.pubsub.refusals import Code, RefusedError
from localcloud.pubsub.rest.rules import Match
from localcloud.pubsub.wire import Reply, Request
from localcloud.vertex.api.errors import ApiError, field_violations
from localcloud.vertex.api.payload import parse_message, parse_object

# Parameters of every method (cloud.google.com/apis/docs/system-parameters).
_SYSTEM = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "$", "$.")
    for name in (
        *("access_token", "alt", "apiVersion", "callback", "fields", "key"),
        *("oauth_token", "outputDefaults", "prettyPrint", "quotaUser"),
        *("uploadType", "upload_protocol", "userProject", "xgafv"),
    )
)


def request_of(
    match: Match, request_type: Any, query: Mapping[str, list[str]], body: bytes
) -> Request:
    """
    The request that an HTTP call means, or INVALID_ARGUMENT in the words of
    Google's front end.
    """
    rule = match.rule
    try:
        given = parse_object(body) if rule.body else {}
        root = "" if rule.body in ("", "*") else rule.body
        if root:
            given = {root: given}
        # With a body, too: Terraform's provider sends a mask so, beside `topic`.
        bound = _bound(query, request_type)
        request = parse_message(given | bound, request_type, "")
    except ApiError as error:
        code = Code[error.code.name]
        raise RefusedError(code, error.message, *error.details) from error
    *parents, leaf = rule.field().split(".")
    holder: Any = request
    for parent in parents:
        holder = getattr(holder, parent)
    setattr(holder, leaf, match.name)
    return request


def json_of(reply: Reply, *, enums_as_numbers: bool) -> dict[str, Any]:
    """
    What REST shows of a reply: camel case, and nothing that has its default.
    """
    message: Message = reply
    return json_format.MessageToDict(message, use_integers_for_enums=enums_as_numbers)


def _bound(query: Mapping[str, list[str]], request_type: Any) -> dict[str, Any]:
    """
    The fields that a query gives: `pageSize=5`, `options.requestedPolicyVersion=3`.
    """
    fields: dict[str, Any] = {}
    for name, values in query.items():
        if name in _SYSTEM:
            continue
        *parents, leaf = name.split(".")
        inner, kind = fields, request_type.DESCRIPTOR
        for parent in parents:
            kind = _kind(kind, parent)
            inner = inner.setdefault(parent, {})
        if _field(kind, leaf) is None:
            raise _cannot_bind(name)
        inner[leaf] = values[-1] if len(values) == 1 else values
    return fields


def _field(kind: Any, name: str) -> Any:
    if kind is None:
        return None
    return next(
        (field for field in kind.fields if name in (field.name, field.json_name)), None
    )


def _kind(kind: Any, name: str) -> Any:
    field = _field(kind, name)
    return field.message_type if field is not None else None


def _cannot_bind(name: str) -> RefusedError:
    text = (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
        f"parameter. Field '{name}' could not be found in request message."
    )
    return RefusedError(Code.INVALID_ARGUMENT, text, *field_violations([("", text)]))
