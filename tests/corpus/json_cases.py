"""Cases 45 to 58: lines that are no JSON, or not as every reader takes it."""

import json

from shared.problems import Code, Odd
from tests.canary import CANARY
from tests.corpus.cases import GOOD, Case, accepted, rejected, text_row

_BARE = GOOD.rstrip()
_OPEN = b'{"request":{"contents":[{"role":"user","parts":[{"text":"%s"}]}]' % (
    CANARY.encode()
)


def _config(fields: bytes) -> bytes:
    """A row with these fields in its generationConfig."""
    return _OPEN + b',"generationConfig":{' + fields + b"}}}\n"


def _args(fields: bytes) -> bytes:
    """A row with these fields where a caller's own data lies."""
    return GOOD.replace(
        b'{"text"',
        b'{"functionCall":{"name":"f","args":{' + fields + b'}}},{"text"',
    )


def _nested(depth: int, opening: bytes, middle: bytes, closing: bytes) -> bytes:
    labels = opening * depth + middle + closing * depth
    return GOOD + b"^^" + _OPEN + b',"labels":' + labels + (b"}}" if closing else b"")


_NO_JSON = {
    (45, "two values"): _BARE + b"^^" + GOOD,
    (45, "two values with a space"): _BARE + b" ^^" + GOOD,
    (46, "comma after the last field"): _OPEN + b"}^^,}\n",
    (46, "comma after the last item"): _OPEN[:-1] + b"^^,]}}\n",
    (47, "single quotes"): b"{^^'request':{'text':'" + CANARY.encode() + b"'}}\n",
    (48, "comment after a row"): _BARE + b" ^^// " + CANARY.encode() + b"\n",
    (48, "comment inside"): b"{^^/* x */" + GOOD[1:],
    (48, "comment line"): b"^^# " + CANARY.encode() + b"\n",
    (49, "NaN"): _config(b'"temperature":^^NaN'),
    (49, "Infinity"): _config(b'"temperature":^^Infinity'),
    (49, "minus Infinity"): _config(b'"temperature":-^^Infinity'),
    (50, "1e999"): _config(b'"topK":1,"temperature":^^1e999'),
    (50, "-1e999"): _config(b'"temperature":^^-1e999'),
    (51, "leading zero"): _config(b'"seed":0^^12'),
    (52, "lone first half"): text_row(rb"^^\ud800"),
    (52, "lone second half"): text_row(rb"^^\udc00"),
    (52, "halves the wrong way round"): text_row(rb"^^\udc00\ud800"),
    (56, "5,000 digits"): _config(b'"seed":^^' + b"9" * 3_900 + b"9" * 1_100),
}

_TWICE = {
    "at the root": (_BARE[:-1] + b',^^"request":{"contents":[]}}\n', "$.request"),
    "in the request": (_OPEN + b',^^"contents":[]}}\n', "$.request.contents"),
    "in a part": (
        GOOD.replace(b'"}]', b'",^^"text":"other"}]'),
        "$.request.contents[].parts[].text",
    ),
    "by an escape": (
        GOOD.replace(b'"}]', b'",^^"\\u0074ext":"other"}]'),
        "$.request.contents[].parts[].text",
    ),
}

_PRETTY = json.dumps(json.loads(GOOD), indent=2).encode() + b"\n"

JSON_CASES: tuple[Case, ...] = (
    *(
        rejected(number, name, Code.NOT_JSON, GOOD + content)
        for (number, name), content in _NO_JSON.items()
    ),
    accepted(53, "escaped NUL", text_row(rb"a\u0000b"), Odd.NUL_CHARACTER),
    *(
        rejected(54, f"duplicate key {where}", Code.DUPLICATE_FIELD, GOOD + row, path=p)
        for where, (row, p) in _TWICE.items()
    ),
    *(
        rejected(55, f"{kind} nested {n:,} times", Code.TOO_DEEP, _nested(n, *how))
        for n in (1_100, 100_000)
        for kind, how in (
            ("lists", (b"[", b"1", b"]")),
            ("objects", (b'{"a":', b"1", b"}")),
            ("lists, unclosed,", (b"[", b"", b"")),
            ("objects, unclosed,", (b'{"a":', b"", b"")),
        )
    ),
    *(
        rejected(
            56,
            f"{name} where an int is",
            Code.BAD_REQUEST,
            GOOD + b"^^" + _config(b'"seed":%d' % number),
            path="$.request.generationConfig.seed",
        )
        for name, number in (("over 2^31", 2**31), ("over 2^63", 2**63 + 1),
                             ("over 2^64", 2**64 + 1))
    ),
    accepted(56, "over 2^64 in a caller's own data", _args(b'"n":%d' % (2**64 + 1))),
    rejected(
        57,
        "pretty-printed",
        Code.NOT_JSON,
        _PRETTY.replace(b"{", b"{^^", 1),
        problems=_PRETTY.count(b"\n"),
    ),
    *(
        rejected(58, f"top-level {name}", Code.NOT_AN_OBJECT, GOOD + b"^^" + value)
        for name, value in (
            ("array", b"[" + _BARE + b"]"),
            ("string", b'"%s"' % CANARY.encode()),
            ("null", b"null"),
            ("number", b"7"),
        )
    ),
)  # fmt: skip
