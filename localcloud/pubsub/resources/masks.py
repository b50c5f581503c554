"""
Field masks: an update changes the fields it names, and nothing else.
"""

from collections.abc import Sequence
from typing import Any

from localcloud.pubsub.refusals import invalid


def updated(
    current: Any, given: Any, paths: Sequence[str], *, mutable: frozenset[str]
) -> Any:
    """
    A copy of `current` in which every field in `paths` is as in `given`.

    A field that is named and not given is cleared.
    """
    kind = current.DESCRIPTOR.name
    request = f"Update{kind}Request"
    if not paths:
        raise invalid(
            f"The update_mask in the {request} must be set, and must contain a "
            "non-empty paths list."
        )
    for path in paths:
        if path not in current.DESCRIPTOR.fields_by_name:
            raise invalid(
                f"Invalid update_mask provided in the {request}: {path} is not a known "
                f"{kind} field. Note that field paths must be of the form "
                "'push_config' rather than 'pushConfig'."
            )
        if path not in mutable:
            raise invalid(
                f"Invalid update_mask provided in the {request}: the '{path}' field in "
                f"the {kind} is not mutable."
            )
    wanted, changed = type(given)(), type(current)()
    wanted.CopyFrom(given)
    changed.CopyFrom(current)
    for field, _ in given.ListFields():
        if field.name not in paths:
            wanted.ClearField(field.name)
    for path in paths:
        changed.ClearField(path)
    changed.MergeFrom(wanted)
    return changed
