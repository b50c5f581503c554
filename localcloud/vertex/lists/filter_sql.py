"""
The filter of a list as a condition on the table of jobs.
"""

from localcloud.vertex.lists.filter_fields import Comparison
from localcloud.vertex.lists.filter_grammar import And, Filter, Not, Or

Condition = tuple[str, list[str | int]]

# IS instead of = : a label that isn't there is unequal to every value, and the
# NOT of a comparison is its opposite for every job.
_SQL_OPERATORS = {"=": "IS", "!=": "IS NOT"}


def where(parsed: Filter | None) -> Condition:
    """
    An SQL expression over the columns of `jobs`, with its parameters.
    """
    match parsed:
        case None:
            return "1", []
        case Not(term):
            inner, values = where(term)
            return f"NOT ({inner})", values
        case And(terms):
            return _joined(" AND ", terms)
        case Or(terms):
            return _joined(" OR ", terms)
        case Comparison():
            return _comparison(parsed)


def _joined(word: str, terms: tuple[Filter, ...]) -> Condition:
    parts = [where(term) for term in terms]
    text = word.join(f"({part})" for part, _ in parts)
    return text, [value for _, values in parts for value in values]


def _comparison(comparison: Comparison) -> Condition:
    column = comparison.field
    parameters: list[str | int] = []
    if column == "labels":
        column = "label(labels, ?)"
        parameters.append(comparison.key)
    parameters.append(comparison.value)
    if comparison.operator == ":":
        parameters[-1] = _glob(str(comparison.value))
        # NULL GLOB x is NULL, whose NOT would be NULL too.
        return f"COALESCE({column} GLOB ?, 0)", parameters
    operator = _SQL_OPERATORS.get(comparison.operator, comparison.operator)
    return f"{column} {operator} ?", parameters


def _glob(pattern: str) -> str:
    """
    A pattern in which only `*` is special, for SQLite's GLOB.
    """
    return pattern.replace("[", "[[]").replace("?", "[?]")
