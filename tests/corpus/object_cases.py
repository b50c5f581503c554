"""Cases 1 to 27: odd objects, odd names, and events that tell of no drop."""

import gzip
import io
import zipfile
from typing import Any

from shared.drops import Drop
from shared.errors import ForbiddenError, RefusedError
from shared.problems import Code
from shared.routes import Limits
from tests.canary import CANARY, NAMED
from tests.corpus.cases import (
    GOOD,
    Case,
    Ignored,
    Refused,
    Retried,
    accepted,
    rejected,
)
from tests.fakes import FakeCloud
from tests.moments import fail_every

_MARK = CANARY.encode()
_UPDATED = "google.cloud.storage.object.v1.metadataUpdated"


def _ignored(number: int, object_name: str, reason: str) -> Case:
    return Case(
        number=number,
        name=f"named {object_name}",
        outcome=Ignored(reason=reason),
        content=GOOD,
        object_name=object_name,
    )


def _refused(number: int, name: str, kind: str = "", **event: Any) -> Case:
    return Case(
        number=number,
        name=name,
        outcome=Refused(),
        content=GOOD,
        event=event,
        kind=kind,
    )


def _named(number: int, name: str, object_name: str, **more: Any) -> Case:
    more |= {"object_name": object_name}
    return accepted(number, f"a name with {name}", GOOD, **more)


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", GOOD)
    return file.getvalue()


_MAGIC = {
    "Zstandard": b"\x28\xb5\x2f\xfd" + _MARK,
    "ZIP, as an XLSX is": _zip(),
    "Parquet": b"PAR1" + _MARK,
    "PDF": b"%PDF-1.7\n" + _MARK,
}


_SHORT = b'{"request":{"contents":[{"parts":[{"text":"x"}]}]}}\n'


def _many_rows() -> bytes:
    return GOOD + _SHORT * Limits().rows


def _overwrite(cloud: FakeCloud, drop: Drop) -> None:
    """While it is read, another generation takes its name."""

    def once() -> None:
        cloud.objects.on_chunk = lambda: None
        cloud.drop(GOOD.replace(b"user", b"model"), drop.name)

    cloud.objects.on_chunk = once


def _newest(cloud: FakeCloud, drop: Drop) -> Drop:
    info = cloud.objects.live["inbox", drop.name].info
    return Drop(
        bucket="inbox",
        name=drop.name,
        generation=info.generation,
        size=drop.size,
        crc32c=info.crc32c,
        dropped_at=cloud.time,
    )


def _again(cloud: FakeCloud, drop: Drop) -> Drop:
    return cloud.drop(GOOD, drop.name)


def _decomposed(cloud: FakeCloud, drop: Drop) -> Drop:
    return cloud.drop(GOOD, drop.name.replace("\u00e9", "e\u0301"))


def _delete(cloud: FakeCloud, drop: Drop) -> None:
    cloud.objects.remove("inbox", drop.name)


def _delete_for_ever(cloud: FakeCloud, drop: Drop) -> None:
    cloud.objects.remove("inbox", drop.name, for_ever=True)


def _answer(cloud: FakeCloud, error: Exception) -> None:
    """Whoever reads from the inbox gets this, by a read of the port."""

    fail_every(cloud, "objects.stream inbox", error)


def _encrypt(cloud: FakeCloud, drop: Drop) -> None:
    # What the adapter makes of Cloud Storage's 400 for an object with a customer's
    # key (tests/contract/test_port_objects.py).
    _answer(cloud, RefusedError("Cloud Storage refuses the request on inbox"))


def _revoke(cloud: FakeCloud, drop: Drop) -> None:
    _answer(cloud, ForbiddenError("Cloud Storage forbids inbox"))


OBJECT_CASES: tuple[Case, ...] = (
    rejected(1, "zero bytes", Code.EMPTY_FILE, b"", most_read=0),
    rejected(2, "only newlines", Code.EMPTY_FILE, b"\n\n\n"),
    _ignored(3, f"in/{NAMED}/", "folder"),
    _ignored(4, f"in/{NAMED}.jsonl.tmp", "suffix"),
    _ignored(4, f"in/{NAMED}.jsonl.part", "suffix"),
    _ignored(4, f"in/{NAMED}/_SUCCESS", "suffix"),
    _ignored(4, f"in/{NAMED}.jsonl_.gstmp", "suffix"),
    _ignored(5, f"in/{NAMED}.csv", "suffix"),
    _ignored(5, f"in/{NAMED}.JSONL", "suffix"),
    _ignored(5, f"elsewhere/{NAMED}.jsonl", "no_route"),
    _named(6, "wildcards", f"in/{NAMED}*?[]{{}}**.jsonl"),
    _named(7, "#, %2F, quotes and backslashes", f"in/{NAMED}#%2F \"'\\&=+.jsonl"),
    _named(8, "a way upwards", f"in/../../{NAMED}/../state/a.jsonl"),
    _named(8, "two slashes", f"in//{NAMED}//a.jsonl"),
    _named(8, "a leading slash", f"/{NAMED}/a.jsonl"),
    *(
        rejected(
            9, f"a name with {name}", Code.BAD_NAME, GOOD,
            object_name=f"in/{NAMED}{sign}x.jsonl", most_read=0,
        )
        for name, sign in (("CR", "\r"), ("LF", "\n"), ("CR LF", "\r\n"))
    ),
    _named(10, "NUL", f"in/{NAMED}\0.jsonl"),
    _named(10, "marks of direction", f"in/{NAMED}\u202elnosj\u2066.jsonl"),
    _named(10, "line separators", f"in/{NAMED}\u2028\u0085.jsonl"),
    _named(10, "colours of a terminal", f"in/{NAMED}\x1b[31m\x07.jsonl"),
    _named(10, "1,024 bytes", f"in/{NAMED}".ljust(1_018, "x") + ".jsonl"),
    _named(10, "1,024 bytes, not in ASCII",
           f"in/{NAMED}".ljust(22, "x") + "\u20ac" * 332 + ".jsonl"),
    _named(11, "an accent, as NFC and as NFD", f"in/{NAMED}-caf\u00e9.jsonl",
           twin=_decomposed),
    rejected(
        12, "over 1 GB", Code.TOO_LARGE, GOOD, event={"size": "1000000001"}, most_read=0
    ),
    rejected(13, "over 200,000 rows", Code.TOO_MANY_ROWS, _many_rows).at(
        line=Limits().rows + 1, offset=len(GOOD) + len(_SHORT) * (Limits().rows - 1)
    ),
    rejected(
        14, "Content-Encoding gzip", Code.COMPRESSED, GOOD,
        event={"contentEncoding": "gzip"}, most_read=0,
    ),
    rejected(
        15, "gzip", Code.NOT_TEXT, b"^^" + gzip.compress(GOOD, mtime=0) + _MARK
    ),
    *(
        rejected(16, name, Code.NOT_TEXT, b"^^" + content)
        for name, content in _MAGIC.items()
    ),
    accepted(17, "composite", GOOD, event={"componentCount": 3, "md5Hash": None}),
    accepted(18, "wrong content type", GOOD, event={"contentType": "text/html"}),
    accepted(19, "overwritten while it is read", GOOD, befall=_overwrite, twin=_newest),
    accepted(20, "deleted, and the version is there", GOOD, befall=_delete),
    rejected(
        20, "deleted with its versions", Code.SUPERSEDED, GOOD, befall=_delete_for_ever
    ),
    rejected(21, "customer-encrypted", Code.UNREADABLE, GOOD, befall=_encrypt),
    accepted(22, "archive class", GOOD, event={"storageClass": "ARCHIVE"}),
    accepted(
        22, "retained", GOOD, event={"retentionExpirationTime": "2036-01-01T00:00:00Z"}
    ),
    rejected(22, "soft-deleted", Code.SUPERSEDED, GOOD, befall=_delete_for_ever),
    accepted(23, "same bytes again", GOOD, twin=_again),
    _refused(24, "metadata update", kind=_UPDATED),
    *(
        _refused(25, f"event of the {bucket} bucket", bucket=bucket)
        for bucket in ("state", "work", "results", "media", "elsewhere")
    ),
    _refused(26, "generation missing", generation=None),
    *(
        _refused(26, f"generation {value!r}", generation=value)
        for value in ("", "latest", "-1", 0, 1.5, True, "1" * 20)
    ),
    Case(
        number=27, name="ACL revoked", outcome=Retried(), content=GOOD, befall=_revoke
    ),
)  # fmt: skip
