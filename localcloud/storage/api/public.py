"""
Buckets of other projects, which everybody may read and nobody here may change.
"""

from collections.abc import Collection, Mapping

from localcloud.permits import account_of
from localcloud.storage.api.operations import Operation
from localcloud.storage.api.permissions import NEEDS, ForbiddenError

_READS = {
    Operation.BUCKETS_GET,
    Operation.BUCKETS_GET_STORAGE_LAYOUT,
    Operation.MANAGED_FOLDERS_LIST,
    Operation.OBJECTS_GET,
    Operation.OBJECTS_LIST,
}
_COPIES = (Operation.OBJECTS_COPY, Operation.OBJECTS_REWRITE)


class PublicBuckets:
    """
    Their names, and what is allowed of them.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)

    def anybody_may(self, operation: Operation, names: Mapping[str, str]) -> bool:
        """
        Whether a call needs no token.
        """
        return names.get("bucket") in self._names and operation in _READS

    def check(
        self, operation: Operation, names: Mapping[str, str], authorization: str
    ) -> None:
        """
        Raise ForbiddenError if a call would change one of them.
        """
        changed = names.get("targetBucket" if operation in _COPIES else "bucket")
        if changed in self._names and operation not in _READS:
            permission = NEEDS[operation].to_change or operation.value
            raise ForbiddenError(account_of(authorization) or "Caller", permission)
