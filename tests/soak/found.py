"""What is there once all is quiet: looked at from outside, as an owner may."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.cloud.storage import Blob, Client

from shared.bookmark import NAME as BOOKMARK
from shared.drops import Drop
from shared.errors import RecordError
from shared.records import decode_record
from shared.route_notes import NOTES
from tests.e2e.batch_jobs import jobs_in
from tests.e2e.pipeline import drop_of
from tests.running_cloud import RunningCloud
from tests.soak.files import IGNORED, LOCATIONS, File
from tests.soak.logs import Logged
from tests.soak.planning import Plan, file_of
from tests.soak.receiving import Message
from tests.soak.sums import crc32c

# What the ledger keeps of no single drop: one object for each route, and a bookmark.
_KEPT = (NOTES.rstrip("/"), BOOKMARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A generation in the inbox; `gone`: it was deleted for ever."""

    drop: Drop
    file: File
    gone: bool


@dataclass(slots=True, kw_only=True)
class Found:
    """Everything that the accounting looks at."""

    drops: dict[str, Dropped] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    work: dict[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    logged: Logged = field(default_factory=Logged)
    lost: Counter[str] = field(default_factory=Counter)
    """How many events of each name were lost."""

    @property
    def wanted(self) -> dict[str, Dropped]:
        """The drops that have to end: all but those that nothing is to happen to."""
        drops = self._drops.items()
        return {id: each for id, each in drops if not self._is_unheard_of(id, each)}

    @property
    def unheard_of(self) -> set[str]:
        """Drops that were deleted for ever before anybody had heard of them."""
        return self._drops.keys() - self.wanted.keys()

    @property
    def events_lost(self) -> int:
        """How many events of drops were lost."""
        names = {each.drop.name for each in self._drops.values()}
        return sum(count for name, count in self.lost.items() if name in names)

    @property
    def _drops(self) -> dict[str, Dropped]:
        drops = self.drops.items()
        return {id: each for id, each in drops if each.file.kind != IGNORED}

    def _is_unheard_of(self, drop_id: str, dropped: Dropped) -> bool:
        # No list shows it any more, so no look at the inbox can find it.
        heard = drop_id in self.messages or drop_id in self.records
        return dropped.gone and self.lost[dropped.drop.name] > 0 and not heard


@dataclass(slots=True)
class Looker:
    """Looks at a running cloud after a plan; what was dropped, the inbox knows."""

    cloud: RunningCloud
    client: Client
    plan: Plan

    def inbox(self, found: Found) -> None:
        """
        Every generation that ever was, whoever knows of it: an upload whose answer is
        lost is sent again, and is another generation then.
        """
        files = [file_of(upload) for upload in self.plan.uploads]
        by_sum = {(file.name, crc32c(file.content())): file for file in files}
        for gone in (False, True):
            for blob in self._generations(gone=gone):
                drop = drop_of(blob)
                file = by_sum.get((drop.name, drop.crc32c))
                if file is None:
                    found.strangers.append(f"{drop.name!r}#{drop.generation}")
                else:
                    each = Dropped(drop=drop, file=file, gone=gone)
                    found.drops[drop.drop_id] = each

    def open(self) -> list[str]:
        """The markers of what has not ended."""
        state = self.cloud.told["state"]
        return [blob.name for blob in self.client.list_blobs(state, prefix="open/")]

    def all(self, found: Found) -> None:
        """Everything else."""
        found.open = self.open()
        for blob in self.client.list_blobs(self.cloud.told["state"]):
            self._state(found, blob)
        for blob in self.client.list_blobs(self.cloud.told["work"]):
            found.work[blob.name] = blob.crc32c
        for blob in self.client.list_blobs(self.cloud.told["results"]):
            found.results[blob.name] = blob.crc32c
        for location in LOCATIONS:
            found.jobs += jobs_in(self.cloud, location)
        found.logged = Logged.of(self.cloud.folder / "logs")

    def _state(self, found: Found, blob: Blob) -> None:
        folder, _, name = blob.name.partition("/")
        if folder in ("open", *_KEPT):
            return
        drop_id = name.rpartition("/")[2].removesuffix(".json")
        if folder != "rec" or blob.name != f"rec/{drop_id[:2]}/{drop_id}.json":
            found.stray.append(blob.name)
            return
        try:
            record = decode_record(blob.download_as_bytes(), drop_id)
        except RecordError as error:
            found.stray.append(f"{blob.name}: {error}")
        else:
            found.records[drop_id] = record.state

    def _generations(self, *, gone: bool) -> Iterator[Blob]:
        how = {"soft_deleted": True} if gone else {"versions": True}
        yield from self.client.list_blobs(self.cloud.told["inbox"], **how)


def outcomes(found: Found) -> Counter[str]:
    """How many drops ended in which way."""
    counts: Counter[str] = Counter()
    for messages in found.messages.values():
        for message in messages.values():
            reason = f", {message.reason}" if message.reason else ""
            counts[f"{message.said['outcome']}{reason}"] += 1
    return counts
