"""No destroy can take data with it, and nobody outside the project can see any."""

from collections.abc import Mapping

import pytest

from tests.terraform.plans import Plan

RUNS = ("defaults", "no_subscription", "key", "everything")


@pytest.mark.parametrize("run", RUNS)
def test_every_bucket_outlives_a_destroy_and_is_closed(
    plans: Mapping[str, Plan], run: str
) -> None:
    buckets = plans[run].keyed("google_storage_bucket", "bucket")

    assert len(buckets) == 6
    for bucket in buckets.values():
        assert bucket["force_destroy"] is False
        assert bucket["public_access_prevention"] == "enforced"
        assert bucket["uniform_bucket_level_access"] is True


@pytest.mark.parametrize("run", RUNS)
def test_what_could_not_be_made_again_can_be_restored_for_a_week(
    plans: Mapping[str, Plan], run: str
) -> None:
    kept = {
        role
        for role, bucket in plans[run].keyed("google_storage_bucket", "bucket").items()
        if bucket["soft_delete_policy"][0]["retention_duration_seconds"] >= 7 * 86_400
    }

    assert kept == {"inbox", "state", "results", "media"}
