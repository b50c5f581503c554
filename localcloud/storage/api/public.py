"""
Buckets of other projects, which everybody may read and nobody here may change.
"""

from collections.abc import Collection

from localcloud import grants

_EVERYBODYS = frozenset(
    {
        "storage.buckets.get",
        "storage.managedFolders.list",
        "storage.objects.get",
        "storage.objects.list",
    }
)


class PublicBuckets:
    """
    Which resources are such buckets, and what everybody may do with them.

    Whoever owns this local cloud's own project has no other permission on them.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._resources = frozenset(grants.bucket(name) for name in names)

    def __contains__(self, resource: str) -> bool:
        return resource in self._resources

    def everybody_may(self, permission: str, resource: str) -> bool:
        """
        Whether everybody has this permission on this resource, even without a token.
        """
        return resource in self._resources and permission in _EVERYBODYS
