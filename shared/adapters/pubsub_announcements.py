"""Announcements on google-cloud-pubsub."""

from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeoutError

from google.api_core.exceptions import GoogleAPIError, PermissionDenied
from google.api_core.retry import Retry
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.types import BatchSettings

from shared.errors import ForbiddenError, ServiceError


class PubsubAnnouncements:
    """The port `Announcements`; a message is sent at once, not batched."""

    def __init__(self, *, topic: str, timeout_seconds: float) -> None:
        self._topic = topic
        self._timeout = timeout_seconds
        self._client = PublisherClient(batch_settings=BatchSettings(max_messages=1))

    def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        try:
            future = self._client.publish(
                self._topic,
                data,
                retry=Retry(timeout=self._timeout),
                **attributes,
            )
            # Cloud Run takes the CPU away after the answer: what has not
            # resolved by then may never be sent.
            return str(future.result(timeout=self._timeout))
        except PermissionDenied as error:
            raise ForbiddenError(f"Pub/Sub forbids {self._topic}") from error
        except (GoogleAPIError, GoogleAuthError, FutureTimeoutError) as error:
            raise ServiceError(f"Pub/Sub: {type(error).__name__}") from error
