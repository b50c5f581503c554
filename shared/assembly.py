"""
The use cases put together from ports: the same for what is deployed and for the
fakes of the tests. One of each belongs to one invocation, `owner`, whose name
its writes in the ledger carry.
"""

from shared.adopting import Adopting
from shared.backstop import Backstop
from shared.claiming import Claiming
from shared.closing import Closing
from shared.draining import Draining
from shared.driving import Driving
from shared.following import Following
from shared.freezing import Freezing
from shared.holding import Holding
from shared.lateness import Lateness
from shared.ledger import Ledger
from shared.markers import Markers
from shared.polling import Polling
from shared.ports import Announcements, Batches, Clock, Objects
from shared.queues import Queues
from shared.setting_aside import SettingAside
from shared.settings import Settings
from shared.staging import Staging
from shared.submission import Submission
from shared.twins import Twins


def submission(
    *, settings: Settings, objects: Objects, batches: Batches, now: Clock, owner: str
) -> Submission:
    """What an event is given to."""
    claiming = _claiming(settings=settings, objects=objects, now=now, owner=owner)
    ledger, markers = claiming.ledger, claiming.markers
    freezing = Freezing(settings=settings, ledger=ledger, now=now)
    return Submission(
        settings=settings,
        ledger=ledger,
        markers=markers,
        claiming=claiming,
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
            markers=markers,
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
    ledger, markers = submitting.ledger, submitting.markers
    twins = Twins(ledger=ledger, batches=batches)
    adopting = Adopting(batches=batches, submission=submitting)
    lateness = Lateness(
        settings=settings, ledger=ledger, announcements=announcements, now=now
    )
    following = Following(
        settings=settings,
        ledger=ledger,
        markers=markers,
        objects=objects,
        freezing=submitting.freezing,
        batches=batches,
        lateness=lateness,
        now=now,
    )
    closing = Closing(
        settings=settings,
        ledger=ledger,
        objects=objects,
        announcements=announcements,
        now=now,
    )
    setting_aside = SettingAside(
        settings=settings,
        ledger=ledger,
        markers=markers,
        lateness=lateness,
        now=now,
    )
    driving = Driving(
        settings=settings,
        ledger=ledger,
        markers=markers,
        claiming=submitting.claiming,
        adopting=adopting,
        twins=twins,
        setting_aside=setting_aside,
        lateness=lateness,
        following=following,
        submission=submitting,
        closing=closing,
        now=now,
    )
    return Polling(
        settings=settings,
        markers=markers,
        batches=batches,
        driving=driving,
        draining=Draining(
            settings=settings,
            ledger=ledger,
            markers=markers,
            queues=submitting.holding.queues,
            adopting=adopting,
            submission=submitting,
            now=now,
        ),
        twins=twins,
        setting_aside=setting_aside,
        now=now,
    )


def backstop(
    *, settings: Settings, objects: Objects, now: Clock, owner: str
) -> Backstop:
    """What a sweep is given to."""
    claiming = _claiming(settings=settings, objects=objects, now=now, owner=owner)
    return Backstop(
        settings=settings,
        objects=objects,
        ledger=claiming.ledger,
        claiming=claiming,
        now=now,
    )


def _claiming(
    *, settings: Settings, objects: Objects, now: Clock, owner: str
) -> Claiming:
    return Claiming(
        settings=settings,
        ledger=Ledger(objects, settings.state_bucket, owner=owner),
        markers=Markers(objects, settings.state_bucket, now=now),
        now=now,
    )
