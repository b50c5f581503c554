"""
What is deployed on the local cloud, as data: names, routes, and the settings that the
functions get in their environment.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from localcloud.door.service_accounts import account_email
from localcloud.pipeline.deployed_buckets import ROLES, bucket_settings
from localcloud.pipeline.deployed_messages import (
    subscription,
    subscription_to_dead_letters,
)

DEFAULT_ROUTES: tuple[Mapping[str, Any], ...] = (
    {"prefix": "demo/", "model": "gemini-3.5-flash-lite", "location": "global"},
)

# How long a tick may take.
POLL_SECONDS = 900.0

# Seconds for what takes minutes on Google Cloud; the same code, and the same
# inequalities between them.
_LOCAL_TIMES: Mapping[str, float] = {
    "claim_lease_seconds": 6,
    "claim_renew_seconds": 2,
    "create_timeout_seconds": 5,
    "create_deadline_seconds": 8,
    "settle_seconds": 8,
    "call_timeout_seconds": 10,
    "hold_min_seconds": 1,
    "hold_max_seconds": 10,
    "publish_timeout_seconds": 5,
    "publish_lease_seconds": 8,
    "job_lost_seconds": 30,
    "sweep_seconds": 30,
    "poll_budget_seconds": 60,
    "backstop_grace_seconds": 10,
    # Days as on Google Cloud: nobody waits for these, and buckets keep as long.
    "backstop_window_seconds": 7 * 86_400,
    "records_kept_seconds": 400 * 86_400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """
    One deployment of dropbatch, under the names that Terraform would give it.
    """

    project: str = "dropbatch-local"
    region: str = "us-central1"
    name: str = "dropbatch"
    routes: Sequence[Mapping[str, Any]] = DEFAULT_ROUTES
    # Unless somebody remembers when it was (`beginnings`).
    began: str = "1970-01-01T00:00:00+00:00"
    times: Mapping[str, float] = field(default_factory=dict)
    """
    Times that are otherwise, as Terraform's variable has them: `settle_seconds`, ….
    """

    def bucket(self, role: str) -> str:
        """The bucket for a role: inbox, state, work, results or media."""
        return f"{self.project}-{role}"

    @property
    def labels(self) -> dict[str, str]:
        """The labels of everything that can have any."""
        return {"dropbatch": self.name}

    @property
    def buckets(self) -> dict[str, dict[str, Any]]:
        """
        Each bucket's name and settings.
        """
        return {
            self.bucket(role): bucket_settings(
                role, location=self.region, labels=self.labels
            )
            for role in ROLES
        }

    @property
    def topic(self) -> str:
        """The topic of the messages, in full."""
        return f"projects/{self.project}/topics/{self.name}"

    @property
    def subscription(self) -> str:
        """A pull subscription to them, in full."""
        return f"projects/{self.project}/subscriptions/{self.called('messages')}"

    @property
    def topics(self) -> dict[str, dict[str, Any]]:
        """
        Each topic's name, in full, and settings: the messages, and what subscribers
        have refused too often.
        """
        return {name: {"labels": self.labels} for name in (self.topic, self._refused)}

    @property
    def subscriptions(self) -> dict[str, dict[str, Any]]:
        """
        Each subscription's name, in full, and settings.
        """
        labels = self.labels
        dead_letters = self._refused.replace("/topics/", "/subscriptions/")
        return {
            self.subscription: subscription(
                self.topic, dead_letters=self._refused, labels=labels
            ),
            dead_letters: subscription_to_dead_letters(self._refused, labels=labels),
        }

    @property
    def _refused(self) -> str:
        return f"{self.topic}-messages-dead-letters"

    def called(self, role: str) -> str:
        """What a function, a job or an account is called: `submit_job`, `trigger`, …"""
        return f"{self.name}-{role.replace('_', '-')}"

    def account(self, role: str) -> str:
        """The address of the service account for a role in `terraform/grants.json`."""
        return account_email(self.called(role), self.project)

    def allowing_media(self, prefixes: Sequence[str]) -> "Deployment":
        """
        The same, but requests of every route may also name media under these.
        """
        if not prefixes:
            return self
        own = [f"gs://{self.bucket('media')}/"]
        routes = [
            {**route, "media_prefixes": [*route.get("media_prefixes", own), *prefixes]}
            for route in self.routes
        ]
        return replace(self, routes=routes)

    def settings(self) -> dict[str, str]:
        """
        The functions' environment, as Terraform writes it.
        """
        names = {
            "PROJECT": self.project,
            "REGION": self.region,
            "DEPLOYMENT": self.name,
            "TOPIC": self.topic,
            "BEGAN": self.began,
            "ROUTES": json.dumps([dict(route) for route in self.routes]),
        }
        for role in ROLES:
            names[f"{role.upper()}_BUCKET"] = self.bucket(role)
        for time, seconds in {**_LOCAL_TIMES, **self.times}.items():
            names[time.upper()] = f"{seconds:.15g}"
        return {f"DROPBATCH_{name}": value for name, value in names.items()}
