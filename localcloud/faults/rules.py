"""
A rule: what it matches, which of the matches it befalls, and what happens then.

A service whose calls have more to look at, or that can go wrong in more ways, has a
rule of its own that adds to this one.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar

import msgspec
import re2  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import any_pb2, json_format
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # untyped

from localcloud.google_codes import HTTP_STATUS, Code, code_of_status

Said = msgspec.Meta

# The types that may stand in an error's details; imported so that they are found.
_DETAILS = error_details_pb2


# It is matched while everybody waits: so in a time that grows with the text alone
# (RE2), which a pattern of Python's own can't promise.
_QUIET = re2.Options()
_QUIET.log_errors = False


def _regular(pattern: str) -> Any:
    return re2.compile(pattern, _QUIET)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a rule looks at.
    """

    service: str
    method: str
    resource: str = ""
    by_name_only: bool = False
    """
    A rule for methods `*` does not mean it.
    """


class FaultError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    An error to answer with, in the words of the service unless it has its own.
    """

    code: Annotated[
        str | int,
        Said(description="a code by name (`UNAVAILABLE`), or an HTTP status (`503`)"),
    ]
    message: Annotated[
        str, Said(description="what it says (text); by default the service's words")
    ] = ""
    details: Annotated[
        list[dict[str, Any]],
        Said(description="its `details`, a list of objects that have an `@type`"),
    ] = []

    @property
    def status(self) -> int:
        """
        The HTTP status.
        """
        return HTTP_STATUS[Code[self.code]] if isinstance(self.code, str) else self.code

    @property
    def canonical(self) -> Code | None:
        """
        The code; None for a status that stands for none.
        """
        if isinstance(self.code, str):
            return Code.__members__.get(self.code)
        return code_of_status(self.code)


class Rule(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """
    One rule. What it does not say matches everything.
    """

    effects: ClassVar[tuple[str, ...]] = ("delay_seconds", "error", "cut")
    """
    The fields of which a rule needs one: without any, nothing would happen.
    """
    own_methods: ClassVar[tuple[str, ...]] = ()
    """
    Methods that only a rule of this service can be about: for others they are none.
    """

    name: Annotated[str, Said(description="a name, for whoever reads the log")] = ""
    # What it matches.
    service: Annotated[
        str, Said(description="`vertex`, `storage`, `pubsub`, or `*` for any of them")
    ] = "*"
    method: Annotated[
        str,
        Said(description="a method, `*` in it being any text: `storage.objects.*`"),
    ] = "*"
    resource: Annotated[
        str | None,
        Said(description="a regular expression, found in the resource's full name"),
    ] = None
    # Which of the matches it befalls.
    calls: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1)], ...] | None,
        Said(description="a list of ordinals: `[1, 3]` is the first match and the 3rd"),
    ] = None
    share: Annotated[
        Annotated[float, msgspec.Meta(ge=0, le=1)] | None,
        Said(description="the share of the matches that it befalls, from 0 to 1"),
    ] = None
    seed: Annotated[
        int | None,
        Said(description="a whole number: the same one draws the same share again"),
    ] = None
    times: Annotated[
        Annotated[int, msgspec.Meta(ge=1)] | None,
        Said(description="how often it befalls at most: a whole number from 1 on"),
    ] = None
    # What happens.
    delay_seconds: Annotated[
        Annotated[float, msgspec.Meta(ge=0)],
        Said(description="the answer, or the cut, is so many seconds late (from 0)"),
    ] = 0.0
    error: Annotated[
        FaultError | None,
        Said(description="the answer is this error: an object with a `code`"),
    ] = None
    cut: Annotated[
        bool,
        Said(description="`true`: the connection is cut instead of an answer"),
    ] = False
    after_effect: Annotated[
        bool,
        Said(description="`true`: the call does its work first, then it goes wrong"),
    ] = False

    def matches(self, call: Call) -> bool:
        """
        Whether the call is one that the rule is about.
        """
        named = not call.by_name_only or self.method == call.method
        return named and self.fits(call)

    def fits(self, call: Call) -> bool:
        """
        Whether service, method and resource are as the rule has them.
        """
        if self.service not in ("*", call.service):
            return False
        if not fnmatchcase(call.method, self.method):
            return False
        return self.resource is None or bool(
            _regular(self.resource).search(call.resource)
        )

    def check(self) -> None:
        """
        A ValueError says what can't be, and what could be instead.
        """
        if not any(getattr(self, name) for name in self.effects):
            raise ValueError(
                "the rule does not say what happens: give it one of "
                + ", ".join(f"`{name}`" for name in self.effects)
            )
        if self.error is not None:
            self.check_error(self.error)
        try:
            _regular(self.resource or "")
        except re2.error as error:
            raise ValueError(
                f"`resource` can't be {self.resource!r}: it is a regular expression, "
                f"and this is none ({error})"
            ) from error

    def check_error(self, error: FaultError) -> None:
        """
        A ValueError unless the service can answer with this error.
        """
        if error.canonical is None:
            raise ValueError(
                f"`error.code` can't be {error.code!r}: use one of "
                f"{', '.join(Code.__members__)}, or an HTTP status such as 429 or 503"
            )
        for number, detail in enumerate(error.details):
            check_detail(f"error.details[{number}]", detail)

    def happens(self) -> dict[str, Any]:
        """
        What happens, as plain data.
        """
        told: dict[str, Any] = msgspec.to_builtins(self)
        wanted = (*self.effects, "after_effect")
        return {name: told[name] for name in wanted if name in told}


def like(text: str, pattern: str | None) -> bool:
    """
    Whether a text fits a pattern in which `*` is any text; None fits all.
    """
    return pattern is None or fnmatchcase(text, pattern)


def check_detail(where: str, detail: dict[str, Any]) -> None:
    """
    A ValueError unless gRPC can carry it: as the JSON of an Any, of a known type.
    """
    try:
        if not isinstance(detail.get("@type"), str):
            raise ValueError("it has no @type")
        json_format.ParseDict(detail, any_pb2.Any())
    except (json_format.ParseError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"`{where}` can't be {detail!r}: it is the JSON of a message of "
            'google.rpc, with its "@type" ("type.googleapis.com/google.rpc.ErrorInfo"):'
            f" {error}"
        ) from error
