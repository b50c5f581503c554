"""
gs:// names: taken apart, and wildcards turned into the objects that match.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.vertex.rows.gcs.storage_http import MissingError, StorageHttp

_URI = re.compile(r"gs://([^/]+)/(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ObjectName:
    """
    An object's bucket and name.
    """

    bucket: str
    name: str

    @property
    def uri(self) -> str:
        return f"gs://{self.bucket}/{self.name}"


def parse_uri(uri: str) -> ObjectName | None:
    """
    The object that a gs:// URI names; None if it doesn't look like one.
    """
    match = _URI.fullmatch(uri)
    return None if match is None else ObjectName(match[1], match[2])


def matching(uri: str, storage: StorageHttp) -> Iterator[ObjectName]:
    """
    The objects that an input URI stands for: `*` is any text, slashes too.

    A pattern that matches nothing is as missing as an object that isn't there.
    """
    found = parse_uri(uri)
    if found is None:
        raise MissingError(uri)
    if "*" not in found.name:
        yield found
        return
    pattern = re.compile(
        ".*".join(re.escape(part) for part in found.name.split("*")), re.DOTALL
    )
    prefix = found.name[: found.name.index("*")]
    any_match = False
    for name in storage.names(found.bucket, prefix):
        if pattern.fullmatch(name):
            any_match = True
            yield ObjectName(found.bucket, name)
    if not any_match:
        raise MissingError(uri)
