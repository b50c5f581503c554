"""
JSON that a client sent, checked against a message type in Google's own words.

Google's front end is lenient in three ways that clients lean on: either name of
a field will do, a lone value stands for a list of one, and an enum may be its
name or its number. Everything else is an error that names the field.
"""

import binascii
import json
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from localcloud.vertex.api.errors import ApiError, Code, field_violations

# JSON of these is not an object of fields.
_OPAQUE = "google.protobuf."

_SCALARS: dict[int, tuple[str, type | tuple[type, ...]]] = {
    FieldDescriptor.TYPE_STRING: ("TYPE_STRING", str),
    FieldDescriptor.TYPE_BYTES: ("TYPE_BYTES", str),
    FieldDescriptor.TYPE_BOOL: ("TYPE_BOOL", bool),
    FieldDescriptor.TYPE_INT32: ("TYPE_INT32", (int, float, str)),
    FieldDescriptor.TYPE_INT64: ("TYPE_INT64", (int, float, str)),
    FieldDescriptor.TYPE_FLOAT: ("TYPE_FLOAT", (int, float, str)),
    FieldDescriptor.TYPE_DOUBLE: ("TYPE_DOUBLE", (int, float, str)),
}
# One more than the largest of each.
_RANGES = {"TYPE_INT32": 2**31, "TYPE_INT64": 2**63}


def parse_object(body: bytes) -> dict[str, Any]:
    """
    The JSON object in a request's body; none at all is an empty one.
    """
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or str(error)
        raise ApiError(
            Code.INVALID_ARGUMENT, f"Invalid JSON payload received. {reason}"
        ) from error
    if not isinstance(value, dict):
        text = (
            'Invalid JSON payload received. Unknown name "": '
            "Root element must be a message."
        )
        raise ApiError(Code.INVALID_ARGUMENT, text, field_violations([("", text)]))
    return value


def parse_message(
    value: dict[str, Any], message_type: type[Message], root: str
) -> Message:
    """
    The message that the JSON means; `root` is what error messages call it, nothing
    where the body is the whole request.
    """
    checker = _Checker()
    checked = checker.message(value, message_type.DESCRIPTOR, root)
    if checker.violations:
        text = "\n".join(description for _, description in checker.violations)
        raise ApiError(
            Code.INVALID_ARGUMENT, text, field_violations(checker.violations)
        )
    message = message_type()
    try:
        json_format.ParseDict(checked, message)
    except (json_format.ParseError, RecursionError, TypeError) as error:
        raise ApiError(
            Code.INVALID_ARGUMENT, f"Invalid JSON payload received. {error}"
        ) from error
    return message


def _refuse(constant: str) -> Any:
    raise ValueError(f"Unexpected token. {constant}")


def _is_base64(text: str) -> bool:
    # Either alphabet, padded or not.
    plain = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        binascii.a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except ValueError:
        return False
    return True


def _is_integer(value: Any, limit: int) -> bool:
    try:
        number = int(value) if isinstance(value, str) else value
        return bool(number == int(number) and -limit <= number < limit)
    except (ValueError, OverflowError):
        return False


class _Checker:
    def __init__(self) -> None:
        self.violations: list[tuple[str, str]] = []

    # Descriptors come in two kinds, in C and in Python, with one shape.
    def message(self, value: Any, kind: Any, path: str) -> Any:
        if kind.full_name.startswith(_OPAQUE):
            return value
        if not isinstance(value, dict):
            return self._wrong(path, f"type.googleapis.com/{kind.full_name}", value)
        fields = {field.json_name: field for field in kind.fields} | {
            field.name: field for field in kind.fields
        }
        checked: dict[str, Any] = {}
        oneofs: dict[str, str] = {}
        for name, item in value.items():
            field = fields.get(name)
            if field is None:
                self.violations.append(
                    (
                        path,
                        f'Invalid JSON payload received. Unknown name "{name}"'
                        + (f" at '{path}'" if path else "")
                        + ": Cannot find field.",
                    )
                )
            elif item is not None and not self._taken(field, oneofs, path):
                checked[field.json_name] = self._field(
                    item, field, f"{path}.{field.name}" if path else field.name
                )
        return checked

    def _taken(self, field: FieldDescriptor, oneofs: dict[str, str], path: str) -> bool:
        """
        Whether another member of the field's oneof came before it.
        """
        if field.containing_oneof is None:
            return False
        oneof = field.containing_oneof.name
        if oneofs.setdefault(oneof, field.name) == field.name:
            return False
        self.violations.append(
            (
                path,
                f"Invalid value at '{path}' (oneof), oneof field '{oneof}' is "
                f"already set. Cannot set '{field.json_name}'",
            )
        )
        return True

    def _field(self, value: Any, field: FieldDescriptor, path: str) -> Any:
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            return self._map(value, entry, path)
        if field.is_repeated:
            items = value if isinstance(value, list) else [value]
            return [
                self._single(item, field, f"{path}[{index}]")
                for index, item in enumerate(items)
            ]
        return self._single(value, field, path)

    def _map(self, value: Any, entry: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(path, "Map", value)
        item = entry.fields_by_name["value"]
        return {
            key: self._single(each, item, f"{path}[{key}].value")
            for key, each in value.items()
        }

    def _single(self, value: Any, field: FieldDescriptor, path: str) -> Any:
        if field.message_type is not None:
            return self.message(value, field.message_type, path)
        if field.enum_type is not None:
            return self._enum(value, field, path)
        name, accepted = _SCALARS[field.type]
        wrong_bool = isinstance(value, bool) and accepted is not bool
        if wrong_bool or not isinstance(value, accepted):
            return self._wrong(path, name, value)
        if name == "TYPE_BYTES" and not _is_base64(str(value)):
            self.violations.append(
                (
                    path,
                    f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed "
                    f"for {json.dumps(value, ensure_ascii=False)}",
                )
            )
            return None
        if name in _RANGES and not _is_integer(value, _RANGES[name]):
            return self._wrong(path, name, value)
        return value

    def _enum(self, value: Any, field: FieldDescriptor, path: str) -> Any:
        kind: Any = field.enum_type
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value in kind.values_by_name:
            return value
        return self._wrong(path, f"type.googleapis.com/{kind.full_name}", value)

    def _wrong(self, path: str, kind: str, value: Any) -> None:
        shown = json.dumps(value, ensure_ascii=False)
        self.violations.append((path, f"Invalid value at '{path}' ({kind}), {shown}"))
