"""
Lost events: the inbox is looked at, and what no event ever told of is claimed.

Events are hints. A look claims each generation that is a drop and has no record,
also one that was overwritten or deleted meanwhile; polls carry it on from there, as
they do for a handler that died. What an event is on its way for, what is older than
the window, and what was there before the deployment or its route is left alone.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from shared.admission import Ignored, admit
from shared.attempts import Attempts
from shared.bookmark import NOWHERE, Bookmark, Found, read_bookmark, write_bookmark
from shared.claiming import Claiming
from shared.drops import Drop
from shared.ledger import Ledger
from shared.logs import Severity, log
from shared.ports import Clock, Objects, ObjectVersion
from shared.routes import Route
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    What a look did: generations listed, those of them that were looked up in the
    ledger, claimed, failed; whether it came to its end, in which time.
    """

    listed: int
    looked_up: int
    claimed: int
    failed: int
    finished: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstop:
    """Every drop of the window is claimed in the end, whatever became of its event."""

    settings: Settings
    objects: Objects
    ledger: Ledger
    claiming: Claiming
    now: Clock

    def look(self) -> Look:
        """
        Claim every drop that no event told of, created since the last finished look.

        Safe beside copies of itself, events and polls. One drop that fails stops none
        of the others and is looked up again; what time does not suffice for is left
        to the next look, which goes on there.
        """
        started = self.now()
        stop_at = started + self.settings.time("poll_budget")
        found = read_bookmark(self.objects, self.settings.state_bucket)
        bookmark = self._begin(found, started)
        oldest = max(bookmark.until, started - self.settings.time("backstop_window"))
        newest = started - self.settings.time("backstop_grace")
        attempts = Attempts(tell=_tell_failure)
        listed, looked_up = 0, 0
        then, place = bookmark.then, NOWHERE
        for version in self.objects.versions(
            self.settings.inbox_bucket, since=bookmark.place[0]
        ):
            if (version.name, version.generation) < bookmark.place:
                continue
            if self.now() >= stop_at:
                place = version.name, version.generation
                break
            listed += 1
            route = self._route(version)
            if route is None or not oldest <= version.created <= newest:
                continue
            looked_up += 1
            drop = _drop(version)
            with attempts.of(drop.drop_id) as tried:
                tried.moved = self._claim(drop, route)
            if tried.error:
                then = min(then, version.created)
        if oldest > then:
            # A clock of ours that is ahead, or no look for a whole window: this one
            # can't vouch for what was created before `then`, so the next begins anew.
            reached = Bookmark(until=bookmark.until, then=bookmark.until)
        else:
            until = then if place == NOWHERE else bookmark.until
            reached = Bookmark(until=until, then=then, place=place)
        write_bookmark(
            self.objects, self.settings.state_bucket, reached, instead_of=found
        )
        look = Look(
            listed=listed,
            looked_up=looked_up,
            claimed=attempts.moved,
            failed=attempts.failed,
            finished=place == NOWHERE,
            seconds=round((self.now() - started).total_seconds(), 3),
        )
        log("backstop", **asdict(look))
        if attempts.bug:
            raise attempts.bug
        return look

    def _begin(self, found: Found, now: datetime) -> Bookmark:
        """Where this look goes on, or what it will have looked up at its end."""
        if found.bookmark and found.bookmark.place != NOWHERE:
            return found.bookmark
        oldest = now - self.settings.time("backstop_window")
        until = found.bookmark.until if found.bookmark else oldest
        if found.written is None:
            return Bookmark(until=until, then=until)
        # Cloud Storage's clock and ours must both say so: whatever it created before
        # it wrote the bookmark is in the list that now begins, and a clock of ours
        # that is wrong can't hide a drop from the next look.
        then = min(found.written, now - self.settings.time("backstop_grace"))
        return Bookmark(until=until, then=max(until, then))

    def _route(self, version: ObjectVersion) -> Route | None:
        route = admit(version.name, self.settings)
        if isinstance(route, Ignored):
            return None
        began = self.settings.began_at
        if from_then := self.settings.routes.began(version.name):
            began = max(began, from_then)
        return route if version.created > began else None

    def _claim(self, drop: Drop, route: Route) -> bool:
        if self.ledger.knows(drop.drop_id):
            return False
        # No further: a poll carries on in the order of the drops, with its brakes.
        if not self.claiming.claim(drop, route, stays=False):
            return False
        log(
            "backstop_claimed",
            severity=Severity.WARNING,
            drop_id=drop.drop_id,
            route=route.prefix,
        )
        return True


def _tell_failure(drop_id: str, error: Exception) -> None:
    log(
        "backstop_failed",
        severity=Severity.ERROR,
        drop_id=drop_id,
        error=type(error).__name__,
    )


def _drop(version: ObjectVersion) -> Drop:
    return Drop(
        bucket=version.bucket,
        name=version.name,
        generation=version.generation,
        size=version.size,
        crc32c=version.crc32c,
        dropped_at=version.created,
        content_encoding=version.content_encoding,
    )
