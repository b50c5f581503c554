"""
Fields of a request, under either of their names.

The service takes `fileData` and `file_data` alike, a lone object where a list
is meant, and null for a field that isn't there.
"""

from typing import Any

Json = dict[str, Any]

_SNAKE: dict[str, str] = {}


def field(of: Json, name: str) -> Any:
    """
    The field's value by its camelCase name; None if it isn't there.
    """
    value = of.get(name)
    if value is None:
        snake = _SNAKE.get(name)
        if snake is None:
            snake = _SNAKE[name] = "".join(
                f"_{char.lower()}" if char.isupper() else char for char in name
            )
        if snake != name:
            value = of.get(snake)
    return value


def json_object(of: Json, name: str) -> Json:
    """
    The field if it is an object, else an empty one.
    """
    value = field(of, name)
    return value if isinstance(value, dict) else {}


def objects(of: Json, name: str) -> list[Json]:
    """
    The objects in a repeated field, a lone one too.
    """
    value = field(of, name)
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        return []
    # So it nearly always is, and then nothing needs to be copied.
    if len(value) == 1 and isinstance(value[0], dict):
        return value
    return [item for item in value if isinstance(item, dict)]
