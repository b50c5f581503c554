"""
The variables as lines for a shell's `eval`, and the lines that take them back.

What a variable held before is kept in the shell itself, in a variable beside it, so
that taking back is exact and needs no running cloud.
"""

from collections.abc import Iterable, Mapping

# No setting of dropbatch: those begin with DROPBATCH_, and an unknown one is an error.
INSIDE = "_DROPBATCH_ENV"
_WAS = "_DROPBATCH_WAS_"


def export_lines(
    variables: Mapping[str, str], removed: Iterable[str], current: Mapping[str, str]
) -> list[str]:
    """
    Write the lines that set the variables and unset the removed ones.

    `current` is the shell's environment. Evaluated twice, for another local cloud or
    the same, what was there before the first time is what is kept.
    """
    removed = list(removed)
    lines = []
    if INSIDE not in current:
        for name in [*variables, *removed]:
            if name in current:
                lines.append(_export(_WAS + name, current[name]))
            elif _WAS + name in current:
                lines.append(f"unset {_WAS}{name}")
        lines.append(_export(INSIDE, " ".join([*variables, *removed])))
    lines += [f"unset {name}" for name in removed if name in current]
    lines += [_export(name, value) for name, value in variables.items()]
    return lines


def unset_lines(current: Mapping[str, str]) -> list[str]:
    """
    Write the lines that bring back what was there before; none if nothing was set.
    """
    names = [name for name in current.get(INSIDE, "").split() if name.isidentifier()]
    lines = []
    for name in names:
        if _WAS + name in current:
            lines.append(_export(name, current[_WAS + name]))
            lines.append(f"unset {_WAS}{name}")
        elif name in current:
            lines.append(f"unset {name}")
    if INSIDE in current:
        lines.append(f"unset {INSIDE}")
    return lines


def quoted(value: str) -> str:
    """
    Quote a value so that sh, bash and zsh read exactly it.
    """
    return "'" + value.replace("'", "'\\''") + "'"


def _export(name: str, value: str) -> str:
    return f"export {name}={quoted(value)}"
