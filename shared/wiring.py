"""
The only place that joins ports to adapters, each on its first use.

Clients and settings live as long as the process; what is handed out belongs to
one invocation, whose writes in the ledger carry its own name.
"""

import os
import uuid
from datetime import UTC, datetime
from functools import cache

from shared import assembly
from shared.backstop import Backstop
from shared.polling import Polling
from shared.ports import Announcements, Batches, Objects
from shared.settings import Settings, settings_from
from shared.submission import Submission


def check_settings() -> None:
    """Raise SettingsError at once, and not at the first event."""
    _settings()


def submission() -> Submission:
    """What `submit_job` calls."""
    return assembly.submission(_ports(), _batches())


def polling() -> Polling:
    """What `poll_jobs` calls for a tick."""
    return assembly.polling(_ports(), _batches(), _announcements())


def backstop() -> Backstop:
    """What `poll_jobs` calls for a look at the inbox."""
    return assembly.backstop(_ports())


def _ports() -> assembly.Ports:
    return assembly.Ports(
        settings=_settings(), objects=_objects(), now=_now, owner=uuid.uuid4().hex
    )


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def _settings() -> Settings:
    return settings_from(os.environ)


@cache
def _objects() -> Objects:
    from google.cloud.storage import Client

    from shared.adapters.storage_objects import StorageObjects

    # Else the client asks in the background for each bucket's metadata, which we may
    # not read, for traces that nobody has switched on (docs/decisions/surprises.md).
    os.environ["DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"] = "true"
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
