"""
`matchGlob` of an object list, as a regular expression.

https://cloud.google.com/storage/docs/json_api/v1/objects/list#list-objects-and-prefixes-using-glob
"""

import re

from localcloud.storage.rules.errors import InvalidError


def compiled(glob: str) -> re.Pattern[str]:
    """
    What a name must match as a whole; InvalidError if the glob is malformed.
    """
    parts: list[str] = []
    depth = 0
    at = 0
    while at < len(glob):
        letter = glob[at]
        at += 1
        if letter == "*":
            if glob.startswith("*/", at):
                # `a/**/b` also matches `a/b`.
                parts.append("(?:.*/)?")
                at += 2
            elif glob.startswith("*", at):
                parts.append(".*")
                at += 1
            else:
                parts.append("[^/]*")
        elif letter == "?":
            parts.append("[^/]")
        elif letter == "[":
            end = glob.find("]", at + 1)
            if end < 0:
                raise InvalidError(f"Invalid glob: '{glob}'")
            inside = glob[at:end].replace("\\", r"\\").replace("[", r"\[")
            parts.append(
                f"[^{inside[1:]}]"
                if inside[0] in "!^" and inside[1:]
                else f"[{inside}]"
            )
            at = end + 1
        elif letter == "{":
            depth += 1
            parts.append("(?:")
        elif letter == "}" and depth:
            depth -= 1
            parts.append(")")
        elif letter == "," and depth:
            parts.append("|")
        elif letter == "\\" and at < len(glob):
            parts.append(re.escape(glob[at]))
            at += 1
        else:
            parts.append(re.escape(letter))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error as error:
        raise InvalidError(f"Invalid glob: '{glob}'") from error
