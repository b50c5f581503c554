"""Times that have no zone are no times."""

from datetime import UTC, datetime

import pytest

from shared.times import aware


def test_a_time_is_read_with_its_zone() -> None:
    assert aware("2026-11-26T09:00:00Z") == datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"), [("2026-11-26T09:00:00", "has no time zone"), ("soon", "soon")]
)
def test_what_is_no_time_with_a_zone_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        aware(text)
