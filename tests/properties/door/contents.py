"""
What the buckets of a local cloud hold, told as the fakes tell it, so that the same
stories are played on it and the same is asserted of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from localcloud.cloud import LocalCloud
from localcloud.storage.disk.drafts import Source
from localcloud.storage.disk.listing import ListRequest
from tests.e2e.inside_cloud import InsideCloud
from tests.properties.door.calls import Rule

_STORAGE = {"service": "storage"}


class HeldObjects:
    """The buckets, as they are: nothing is asked of a client for it."""

    def __init__(self, inside: InsideCloud) -> None:
        self._inside = inside
        # Before every piece of a stream.
        self.on_chunk: Callable[[], None] = lambda: None
        # Buckets of which whatever is asked is a wrong request.
        self.refused: set[str] = set()

    def rules(self) -> list[Rule]:
        """What is in force during every call."""
        return [
            {**_STORAGE, "resource": f"/buckets/{bucket}/", "error": {"code": 400}}
            for bucket in sorted(self.refused)
        ]

    def names(self, bucket: str) -> Sequence[str]:
        def listed(cloud: LocalCloud) -> Sequence[str]:
            page = cloud.services.storage.store.list_objects(ListRequest(bucket=bucket))
            assert page.next is None
            return [each.name for each in page.items]

        return self._inside.do(listed)

    def generation(self, bucket: str, name: str) -> int:
        """That of the live content."""

        def found(cloud: LocalCloud) -> int:
            one, file = cloud.services.storage.store.open_object(bucket, name)
            with file:
                return one.generation

        return self._inside.do(found)

    def custom_time(self, bucket: str, name: str) -> datetime | None:
        """What a lifecycle rule counts its days from, of the live content."""

        def found(cloud: LocalCloud) -> datetime | None:
            one, file = cloud.services.storage.store.open_object(bucket, name)
            with file:
                said = one.settings.get("customTime")
                return datetime.fromisoformat(said) if said else None

        return self._inside.do(found)

    def content(self, bucket: str, name: str) -> bytes:
        def read(cloud: LocalCloud) -> bytes:
            _, file = cloud.services.storage.store.open_object(bucket, name)
            with file:
                return file.read()

        return self._inside.do(read)

    def remove(self, bucket: str, name: str, *, for_ever: bool = False) -> None:
        """Delete as a user does; `for_ever` takes the noncurrent versions too."""

        def removed(cloud: LocalCloud) -> None:
            store = cloud.services.storage.store
            if not for_ever:
                store.objects.delete(Source(bucket=bucket, name=name))
                return
            for each in store.overview.generations(bucket, name, 100):
                one = Source(bucket=bucket, name=name, generation=each.generation)
                store.objects.delete(one)

        self._inside.do(removed)

    def empty(self, *buckets: str) -> None:
        """Delete every generation of everything."""

        def emptied(cloud: LocalCloud) -> None:
            store = cloud.services.storage.store
            for bucket in buckets:
                wanted = ListRequest(bucket=bucket, versions=True)
                for each in store.list_objects(wanted).items:
                    one = Source(
                        bucket=bucket, name=each.name, generation=each.generation
                    )
                    store.objects.delete(one)

        self._inside.do(emptied)
