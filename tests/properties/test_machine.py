"""No day in the life of a deployment breaks a promise."""

from hypothesis import HealthCheck, settings

from tests.properties.days import Days


class TestDays(Days.TestCase):  # type: ignore[misc,valid-type]  # made by hypothesis, untyped
    """As many days as fit into the suite; `make prove` has more."""

    settings = settings(
        max_examples=60,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
