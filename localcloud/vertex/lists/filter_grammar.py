"""
The filter of a list, as text, and what it means.

The grammar is Google's list filter (AIP-160) as far as the batch job's own
documentation goes: comparisons of a field with a value, joined by AND, OR and
NOT, with parentheses. As there, OR binds tighter than AND, terms side by side
are joined by AND, and a minus before a term is a NOT.
"""

import re
from dataclasses import dataclass

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.lists.filter_fields import Comparison, FilterError, compare


@dataclass(frozen=True, slots=True)
class Not:
    term: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple["Filter", ...]


Filter = Comparison | Not | And | Or

_SPACE = re.compile(r"\s*")
_AND = re.compile(r"AND(?=[\s(])")
_OR = re.compile(r"OR(?=[\s(])")
_NOT = re.compile(r"NOT(?=[\s(])|-(?=[^\s])")
_OPERATOR = re.compile(r"<=|>=|!=|=|<|>|:")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NAME = re.compile(r"[^\s()<>=!:\"'.,]+")
# A bare value may hold what a time, a version or a resource name is made of.
_VALUE = re.compile(r"[^\s()\"',=<>!:][^\s()\"',]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_DEEPEST = 50
# SQLite refuses an expression of more than 1,000 levels.
_MOST_COMPARISONS = 500


def parse_filter(text: str) -> Filter | None:
    """
    The meaning of a filter; None for an empty one, which lets all pass.
    """
    if not text.strip():
        return None
    try:
        if not text.isprintable() and not _encodes(text):
            raise FilterError("it is not valid text")
        return _Parser(text).whole()
    except FilterError as error:
        raise ApiError(
            Code.INVALID_ARGUMENT, f"Invalid list filter {text[:200]!r}: {error}."
        ) from error


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._comparisons = 0

    def whole(self) -> Filter:
        parsed = self._expression()
        if not self._at_end():
            raise FilterError(f"unexpected {self._rest()}")
        return parsed

    def _expression(self) -> Filter:
        terms = [self._factor()]
        while not self._at_end() and not self._ahead(")"):
            self._take(_AND)
            terms.append(self._factor())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _factor(self) -> Filter:
        terms = [self._term()]
        while self._take(_OR):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _term(self) -> Filter:
        return Not(self._simple()) if self._take(_NOT) else self._simple()

    def _simple(self) -> Filter:
        if not self._ahead("("):
            return self._comparison()
        self._at += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FilterError("its parentheses are nested too deeply")
        inner = self._expression()
        self._depth -= 1
        if not self._ahead(")"):
            raise FilterError("a parenthesis is not closed")
        self._at += 1
        return inner

    def _comparison(self) -> Filter:
        self._comparisons += 1
        if self._comparisons > _MOST_COMPARISONS:
            raise FilterError(f"it has more than {_MOST_COMPARISONS} comparisons")
        path = [self._name()]
        while self._text[self._at : self._at + 1] == ".":
            self._at += 1
            path.append(self._name())
        operator = self._take(_OPERATOR)
        if operator is None:
            raise FilterError(f"expected an operator, found {self._rest()}")
        quoted = self._take(_QUOTED)
        if quoted is not None:
            return compare(path, operator[0], _unquoted(quoted))
        bare = self._take(_VALUE)
        if bare is None:
            raise FilterError(f"expected a value, found {self._rest()}")
        return compare(path, operator[0], bare[0])

    def _name(self) -> str:
        quoted = self._take(_QUOTED)
        if quoted is not None:
            return _unquoted(quoted)
        name = self._take(_NAME)
        if name is None:
            raise FilterError(f"expected a field, found {self._rest()}")
        return name[0]

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip_space()
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _ahead(self, text: str) -> bool:
        self._skip_space()
        return self._text.startswith(text, self._at)

    def _at_end(self) -> bool:
        self._skip_space()
        return self._at >= len(self._text)

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None
        self._at = match.end()

    def _rest(self) -> str:
        rest = self._text[self._at : self._at + 20]
        return repr(rest) if rest else "its end"


def _encodes(text: str) -> bool:
    """
    Whether the text can be written as UTF-8: a lone surrogate can't.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unquoted(match: re.Match[str]) -> str:
    inner = match[1] if match[1] is not None else match[2]
    return _ESCAPE.sub(r"\1", inner)
