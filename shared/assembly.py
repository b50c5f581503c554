"""
The use cases put together from ports: the same for what is deployed and for the
fakes of the tests.
"""

from dataclasses import dataclass

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
from shared.route_notes import RouteNotes
from shared.setting_aside import SettingAside
from shared.settings import Settings
from shared.staging import Staging
from shared.submission import Submission
from shared.taking_over import TakingOver
from shared.twins import Twins


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """
    What each use case works on, in one invocation: `owner` is the name that its
    writes in the ledger carry.
    """

    settings: Settings
    objects: Objects
    now: Clock
    owner: str


def submission(ports: Ports, batches: Batches) -> Submission:
    """What an event is given to."""
    settings, objects, now = ports.settings, ports.objects, ports.now
    claiming = _claiming(ports)
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
            notes=RouteNotes(
                objects, settings.state_bucket, owner=ports.owner, now=now
            ),
            now=now,
        ),
        batches=batches,
        now=now,
    )


def polling(ports: Ports, batches: Batches, announcements: Announcements) -> Polling:
    """What a tick is given to."""
    settings, objects, now = ports.settings, ports.objects, ports.now
    submitting = submission(ports, batches)
    ledger, markers = submitting.ledger, submitting.markers
    twins = Twins(ledger=ledger, batches=batches, now=ports.now)
    adopting = Adopting(batches=batches, submission=submitting, twins=twins)
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
    taking_over = TakingOver(
        settings=settings,
        ledger=ledger,
        setting_aside=setting_aside,
        submission=submitting,
        now=now,
    )
    driving = Driving(
        settings=settings,
        ledger=ledger,
        markers=markers,
        claiming=submitting.claiming,
        adopting=adopting,
        twins=twins,
        taking_over=taking_over,
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
            notes=submitting.holding.notes,
            adopting=adopting,
            taking_over=taking_over,
            submission=submitting,
            now=now,
        ),
        twins=twins,
        setting_aside=setting_aside,
        lateness=lateness,
        now=now,
    )


def backstop(ports: Ports) -> Backstop:
    """What looks at the inbox."""
    claiming = _claiming(ports)
    return Backstop(
        settings=ports.settings,
        objects=ports.objects,
        ledger=claiming.ledger,
        claiming=claiming,
        now=ports.now,
    )


def _claiming(ports: Ports) -> Claiming:
    bucket = ports.settings.state_bucket
    return Claiming(
        settings=ports.settings,
        ledger=Ledger(ports.objects, bucket, owner=ports.owner),
        markers=Markers(ports.objects, bucket, now=ports.now),
        now=ports.now,
    )
