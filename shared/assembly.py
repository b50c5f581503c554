"""
The use cases put together from ports: the same for what is deployed and for the
fakes of the tests. One of each belongs to one invocation, `owner`, whose name
its writes in the ledger carry.
"""

from shared.adopting import Adopting
from shared.closing import Closing
from shared.draining import Draining
from shared.driving import Driving
from shared.following import Following
from shared.freezing import Freezing
from shared.holding import Holding
from shared.ledger import Ledger
from shared.polling import Polling
from shared.ports import Announcements, Batches, Clock, Objects
from shared.queues import Queues
from shared.settings import Settings
from shared.staging import Staging
from shared.submission import Submission


def submission(
    *, settings: Settings, objects: Objects, batches: Batches, now: Clock, owner: str
) -> Submission:
    """What an event is given to."""
    ledger = Ledger(objects, settings.state_bucket, owner=owner)
    freezing = Freezing(settings=settings, ledger=ledger, now=now)
    return Submission(
        settings=settings,
        ledger=ledger,
        staging=Staging(
            settings=settings,
            ledger=ledger,
            objects=objects,
            freezing=freezing,
            now=now,
        ),
        freezing=freezing,
        holding=Holding(
            settings=settings,
            ledger=ledger,
            queues=Queues(objects, settings.state_bucket, owner=owner, now=now),
            now=now,
        ),
        batches=batches,
        now=now,
    )


def polling(
    *,
    settings: Settings,
    objects: Objects,
    batches: Batches,
    announcements: Announcements,
    now: Clock,
    owner: str,
) -> Polling:
    """What a tick is given to."""
    submitting = submission(
        settings=settings, objects=objects, batches=batches, now=now, owner=owner
    )
    adopting = Adopting(batches=batches, submission=submitting)
    return Polling(
        settings=settings,
        ledger=submitting.ledger,
        batches=batches,
        driving=Driving(
            settings=settings,
            ledger=submitting.ledger,
            adopting=adopting,
            following=Following(
                settings=settings,
                ledger=submitting.ledger,
                objects=objects,
                freezing=submitting.freezing,
                batches=batches,
                now=now,
            ),
            submission=submitting,
            closing=Closing(
                settings=settings,
                ledger=submitting.ledger,
                objects=objects,
                announcements=announcements,
                now=now,
            ),
            now=now,
        ),
        draining=Draining(
            settings=settings,
            ledger=submitting.ledger,
            queues=submitting.holding.queues,
            adopting=adopting,
            submission=submitting,
            now=now,
        ),
        now=now,
    )
