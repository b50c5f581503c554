"""
A call: one request of the JSON or XML API, read off its raw bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, unquote_to_bytes

from aiohttp import hdrs, web

from localcloud.storage.rules.errors import InvalidError, ParseError
from localcloud.storage.rules.overwrites import UNASKED, Overwrites
from localcloud.storage.rules.preconditions import Preconditions, integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    `path` holds the segments of the raw path, each decoded by itself, so that a
    `%2F` in a name is part of the name. `raw_path` is the path as it came. `query`
    has the last value of each parameter, `pairs` all of them. `overwrites` is what the
    caller may do to objects that are there, once it is admitted.
    """

    method: str
    raw_path: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    origin: str
    overwrites: Overwrites
    body: bytes = b""
    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(
        cls,
        method: str,
        target: str,
        headers: Mapping[str, str],
        *,
        secure: bool,
        body: bytes = b"",
    ) -> Self:
        """
        The call for a request target, which may be a path or a whole URL.
        """
        host = headers.get(hdrs.HOST, "")
        if not target.startswith("/") and "://" in target.split("?", 1)[0]:
            # Calls inside a batch, and proxies' requests, name the host too. A path's
            # own scheme is part of a name.
            host, slash, rest = target.split("://", 1)[1].partition("/")
            target = slash + rest
        raw_path, _, query = target.split("#", 1)[0].partition("?")
        # A URL may name a host alone, and OPTIONS no path but "*".
        raw_path = f"/{raw_path.removeprefix('/')}"
        # Whoever speaks to us as Google did so through TLS, whatever ended it.
        https = secure or host.split(":")[0].endswith(".googleapis.com")
        return cls(
            # Java's client sends PATCH this way.
            # https://cloud.google.com/apis/docs/system-parameters
            method=headers.get("X-HTTP-Method-Override", method)
            if method == hdrs.METH_POST
            else method,
            raw_path=raw_path,
            path=tuple(decoded(part) for part in raw_path.split("/")[1:]),
            query=dict(pairs := _pairs(query)),
            pairs=tuple(pairs),
            headers=headers,
            origin=f"{'https' if https else 'http'}://{host}",
            overwrites=UNASKED,
            body=body,
        )

    @classmethod
    def receive(cls, request: web.BaseRequest) -> Self:
        """
        The call that a request makes, without its body.
        """
        return cls.read(
            request.method, request.raw_path, request.headers, secure=request.secure
        )

    def integer(self, name: str) -> int | None:
        """
        A number in the query; None if it is not there.
        """
        value = self.query.get(name)
        return None if value is None else integer(value, name)

    def repeated(self, name: str) -> list[str]:
        """
        Every value of a parameter that may come more than once.
        """
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool:
        """
        Whether the query says true.
        """
        return self.query.get(name, "").lower() in ("true", "1")

    def limit(self) -> int:
        """
        How many results a page may hold.
        """
        wanted = self.integer("maxResults")
        if wanted is not None and wanted < 0:
            raise InvalidError(f"Invalid value for maxResults: '{wanted}'.")
        # More than 1,000 are never given, and 0 asks for the default.
        return min(wanted or 1000, 1000)

    def json(self) -> dict[str, Any]:
        """
        The body, a JSON object; empty if there is none.
        """
        return json_object(self.body)

    def preconditions(self) -> Preconditions:
        """
        Those of the query, and those of the etag headers.
        """
        asked = Preconditions.from_query(self.query)
        match = self.headers.get(hdrs.IF_MATCH)
        not_match = self.headers.get(hdrs.IF_NONE_MATCH)
        if match is None and not_match is None:
            return asked
        return Preconditions(
            generation_match=asked.generation_match,
            generation_not_match=asked.generation_not_match,
            metageneration_match=asked.metageneration_match,
            metageneration_not_match=asked.metageneration_not_match,
            etag_match=match,
            etag_not_match=not_match,
        )


def json_object(data: bytes) -> dict[str, Any]:
    """
    The JSON object that `data` is; empty for nothing; ParseError for all else.
    """
    if not data.strip():
        return {}
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ParseError from error
    if not isinstance(value, dict):
        raise ParseError
    return value


def decoded(text: str) -> str:
    """
    What percent-encoded text stands for; InvalidError if that isn't UTF-8.
    """
    try:
        return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode()
    except UnicodeDecodeError as error:
        raise InvalidError("The request has text that is not UTF-8.") from error


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.encode("utf-8", "surrogateescape").decode(),
            keep_blank_values=True,
            errors="strict",
        )
    except ValueError as error:
        raise InvalidError("The request has text that is not UTF-8.") from error
