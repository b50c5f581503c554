"""
List prices in US dollars, us-central1, with the public page of each and how sure it is.

Read on 2026-11-25 from copies of those pages, none of them live. `how_sure`:
"sure", Google's page says so in a copy of 2026; "likely", in an older copy or somebody
else's words; "from memory", not looked up: look before you count on it.
"""

from dataclasses import dataclass

_STORAGE = "https://cloud.google.com/storage/pricing"
_RUN = "https://cloud.google.com/run/pricing"
_OPERATIONS = "https://cloud.google.com/products/observability/pricing"
_GEMINI = "https://cloud.google.com/vertex-ai/generative-ai/pricing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What `per` units cost, and how many of them are free each month."""

    what: str
    usd: float
    unit: str
    per: float = 1
    free: float = 0
    page: str
    how_sure: str

    def of(self, units: float) -> float:
        """What so many units cost, free ones or not."""
        return units / self.per * self.usd


PRICES = {
    "storage": Price(
        what="Cloud Storage, Standard",
        usd=0.02,
        unit="GiB-month",
        free=5,
        page=_STORAGE,
        how_sure="sure",
    ),
    "class A": Price(
        what="Cloud Storage, class A: list, write, copy, change",
        usd=0.005,
        unit="operations",
        per=1_000,
        free=5_000,
        page=_STORAGE,
        how_sure="sure",
    ),
    "class B": Price(
        what="Cloud Storage, class B: read",
        usd=0.0004,
        unit="operations",
        per=1_000,
        free=50_000,
        page=_STORAGE,
        how_sure="sure",
    ),
    "cpu": Price(
        what="Cloud Run, CPU, billed by requests",
        usd=0.000024,
        unit="vCPU-seconds",
        free=180_000,
        page=_RUN,
        how_sure="likely",
    ),
    "memory": Price(
        what="Cloud Run, memory, billed by requests",
        usd=0.0000025,
        unit="GiB-seconds",
        free=360_000,
        page=_RUN,
        how_sure="likely",
    ),
    "requests": Price(
        what="Cloud Run, requests",
        usd=0.40,
        unit="requests",
        per=1_000_000,
        free=2_000_000,
        page=_RUN,
        how_sure="likely",
    ),
    "schedule": Price(
        what="Cloud Scheduler",
        usd=0.10,
        unit="jobs",
        free=3,
        page="https://cloud.google.com/scheduler/pricing",
        how_sure="sure",
    ),
    "logs": Price(
        what="Cloud Logging, storage of 30 days",
        usd=0.50,
        unit="GiB",
        free=50,
        page=_OPERATIONS,
        how_sure="sure",
    ),
    "metrics": Price(
        what="Cloud Monitoring, metrics made from logs",
        usd=0.258,
        unit="MiB",
        free=150,
        page=_OPERATIONS,
        how_sure="from memory",
    ),
    "conditions": Price(
        what="Cloud Monitoring, conditions of alert policies",
        usd=0.10,
        unit="conditions",
        page=_OPERATIONS,
        how_sure="from memory",
    ),
    "points": Price(
        what="Cloud Monitoring, points that those conditions read",
        usd=0.35,
        unit="points",
        per=1_000_000,
        page=_OPERATIONS,
        how_sure="from memory",
    ),
    "pubsub": Price(
        what="Pub/Sub, published or delivered, 1,000 bytes a request at least",
        usd=40,
        unit="GiB",
        per=1024,
        free=10,
        page="https://cloud.google.com/pubsub/pricing",
        how_sure="likely",
    ),
    "images": Price(
        what="Artifact Registry, the functions' images",
        usd=0.10,
        unit="GiB-month",
        free=0.5,
        page="https://cloud.google.com/artifact-registry/pricing",
        how_sure="from memory",
    ),
    "input": Price(
        what="gemini-3.5-flash-lite (or 2.5-flash), batch: input, half of $0.30",
        usd=0.15,
        unit="tokens",
        per=1_000_000,
        page=_GEMINI,
        how_sure="likely",
    ),
    "output": Price(
        what="the same, output with thinking (half of $2.50)",
        usd=1.25,
        unit="tokens",
        per=1_000_000,
        page=_GEMINI,
        how_sure="likely",
    ),
}
