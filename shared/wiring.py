"""
The only place that joins ports to adapters, each on its first use.

Clients and settings live as long as the process; what is handed out belongs to
one invocation, whose writes in the ledger carry its own name.
"""

import os
import uuid
from datetime import UTC, datetime
from functools import cache

from shared.closing import Closing
from shared.following import Following
from shared.ledger import Ledger
from shared.polling import Polling
from shared.ports import Announcements, Batches, Objects
from shared.settings import Settings, settings_from
from shared.staging import Staging
from shared.submission import Submission


def check_settings() -> None:
    """Raise SettingsError at once, and not at the first event."""
    _settings()


def submission() -> Submission:
    """What `submit_job` calls."""
    return _submission(_ledger())


def polling() -> Polling:
    """What `poll_jobs` calls."""
    settings, ledger = _settings(), _ledger()
    return Polling(
        settings=settings,
        ledger=ledger,
        batches=_batches(),
        following=Following(
            settings=settings,
            ledger=ledger,
            objects=_objects(),
            batches=_batches(),
            now=_now,
        ),
        submission=_submission(ledger),
        closing=Closing(
            settings=settings,
            ledger=ledger,
            objects=_objects(),
            announcements=_announcements(),
            now=_now,
        ),
        now=_now,
    )


def _submission(ledger: Ledger) -> Submission:
    settings = _settings()
    return Submission(
        settings=settings,
        ledger=ledger,
        staging=Staging(settings=settings, ledger=ledger, objects=_objects(), now=_now),
        batches=_batches(),
        now=_now,
    )


def _ledger() -> Ledger:
    return Ledger(_objects(), _settings().state_bucket, owner=uuid.uuid4().hex)


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def _settings() -> Settings:
    return settings_from(os.environ)


@cache
def _objects() -> Objects:
    from google.cloud.storage import Client

    from shared.adapters.storage_objects import StorageObjects

    return StorageObjects(Client(project=_settings().project))


@cache
def _batches() -> Batches:
    from shared.adapters.vertex_batches import VertexBatches

    settings = _settings()
    return VertexBatches(
        project=settings.project,
        deployment=settings.deployment,
        create_timeout_seconds=settings.create_timeout_seconds,
        call_timeout_seconds=settings.call_timeout_seconds,
    )


@cache
def _announcements() -> Announcements:
    from shared.adapters.pubsub_announcements import PubsubAnnouncements

    settings = _settings()
    return PubsubAnnouncements(
        topic=settings.topic, timeout_seconds=settings.publish_timeout_seconds
    )
