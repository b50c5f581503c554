"""
Labels: at most 64, lower case, short.

https://cloud.google.com/pubsub/docs/labels
"""

import unicodedata
from collections.abc import Mapping

from localcloud.pubsub.refusals import RefusedError, invalid

_MOST_LABELS = 64
_LONGEST = 63
_KEY_START = {"Ll", "Lo"}
_REST = {"Ll", "Lo", "Nd", "Nl", "No"}


def check_labels(labels: Mapping[str, str]) -> None:
    if len(labels) > _MOST_LABELS:
        raise _refused(f"{len(labels)} labels; at most {_MOST_LABELS} are allowed")
    for key, value in labels.items():
        if not (key and unicodedata.category(key[0]) in _KEY_START and _fits(key)):
            raise _refused(
                f'key "{key}" does not conform to regular expression '
                r'"[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}"'
            )
        if not _fits(value):
            raise _refused(
                f'value "{value}" does not conform to regular expression '
                r'"[\p{Ll}\p{Lo}\p{N}_-]{0,63}"'
            )


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST and all(
        character in "_-" or unicodedata.category(character) in _REST
        for character in text
    )


def _refused(why: str) -> RefusedError:
    return invalid(
        "You have passed an invalid argument to the service "
        f'(argument=Invalid labels: Invalid field "labels"; {why}).'
    )
