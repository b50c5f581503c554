"""
Subscription filters: which messages a subscription wants, by their attributes.

    attributes:ce-type                          the attribute is there
    attributes.outcome = "completed"            it has this value
    attributes.outcome != "completed"           it has another value, or is not there
    hasPrefix(attributes.route, "invoices/")    its value begins so
    NOT x, -x, x AND y, x OR y, (x)

AND and OR are never mixed without parentheses, as on the service.
https://cloud.google.com/pubsub/docs/subscription-message-filter
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localcloud.pubsub.refusals import invalid
from localcloud.pubsub.resources.filter_tokens import (
    FilterSyntaxError,
    Kind,
    Token,
    tokens,
)

_LONGEST_BYTES = 256

_Test = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """
    A filter that has been understood; the empty one wants everything.
    """

    text: str
    matches: _Test


def parse_filter(text: str) -> Filter:
    """
    The filter that `text` writes, or INVALID_ARGUMENT with where it fails.
    """
    if len(text.encode()) > _LONGEST_BYTES:
        raise invalid(
            f"The value for filter is too large. You passed {len(text.encode())} in "
            f"the request, but the maximum value is {_LONGEST_BYTES}."
        )
    if not text:
        return Filter(text=text, matches=lambda attributes: True)
    try:
        return Filter(text=text, matches=_Parser(text).parse())
    except FilterSyntaxError as error:
        raise invalid(f"Invalid filter ({error}): {text}") from error


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._next = 0

    def parse(self) -> _Test:
        test = self._expression()
        self._take(Kind.END)
        return test

    def _expression(self) -> _Test:
        terms = [self._term()]
        operator = ""
        while self._is_next(Kind.WORD, "AND", "OR"):
            found = self._take(Kind.WORD)
            if operator and found.text != operator:
                raise _unexpected(found, "parentheses, where AND and OR are combined")
            operator = found.text
            terms.append(self._term())
        combine = any if operator == "OR" else all
        return lambda attributes: combine(term(attributes) for term in terms)

    def _term(self) -> _Test:
        if self._is_next(Kind.MINUS) or self._is_next(Kind.WORD, "NOT"):
            self._take(Kind.MINUS, Kind.WORD)
            negated = self._term()
            return lambda attributes: not negated(attributes)
        if self._is_next(Kind.SIGN, "("):
            self._take(Kind.SIGN, "(")
            inner = self._expression()
            self._take(Kind.SIGN, ")")
            return inner
        if self._is_next(Kind.WORD, "hasPrefix"):
            return self._has_prefix()
        return self._comparison()

    def _has_prefix(self) -> _Test:
        self._take(Kind.WORD, "hasPrefix")
        self._take(Kind.SIGN, "(")
        self._take(Kind.WORD, "attributes")
        self._take(Kind.SIGN, ".")
        key = self._key()
        self._take(Kind.SIGN, ",")
        prefix = self._take(Kind.LITERAL).text
        self._take(Kind.SIGN, ")")
        return lambda attributes: (
            key in attributes and attributes[key].startswith(prefix)
        )

    def _comparison(self) -> _Test:
        self._take(Kind.WORD, "attributes")
        if self._is_next(Kind.SIGN, ":"):
            self._take(Kind.SIGN, ":")
            present = self._key()
            return lambda attributes: present in attributes
        self._take(Kind.SIGN, ".")
        key = self._key()
        sign = self._take(Kind.SIGN, "=", "!=").text
        value = self._take(Kind.LITERAL).text
        if sign == "=":
            return lambda attributes: attributes.get(key) == value
        return lambda attributes: attributes.get(key) != value

    def _key(self) -> str:
        return self._take(Kind.WORD, Kind.LITERAL).text

    def _is_next(self, *wanted: str) -> bool:
        """
        The next token is of a wanted kind and, where texts are given beside the
        kind, reads as one of those.
        """
        token = self._tokens[self._next]
        kinds = [want for want in wanted if isinstance(want, Kind)]
        texts = [want for want in wanted if not isinstance(want, Kind)]
        return token.kind in kinds and (not texts or token.text in texts)

    def _take(self, *wanted: str) -> Token:
        token = self._tokens[self._next]
        if not self._is_next(*wanted):
            words = [want for want in wanted if not isinstance(want, Kind)]
            raise _unexpected(token, " or ".join(words or wanted))
        self._next += 1
        return token


def _unexpected(token: Token, wanted: str) -> FilterSyntaxError:
    return FilterSyntaxError(
        f"expected {wanted} at {token.position}, found {token.text!r}"
    )
