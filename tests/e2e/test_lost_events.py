"""An event that never comes: the pipeline's own look at the inbox finds its file."""

from collections.abc import Iterator

import pytest

from tests.e2e.granted_cloud import ROW, GrantedCloud, granted_cloud

# Longer than anybody here waits.
_LOST = [3600.0, 3600.0]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GrantedCloud]:
    folder = tmp_path_factory.mktemp("lost") / "data"
    with granted_cloud(folder, backstop_grace=1) as running:
        running.disturb(delay_seconds=_LOST)
        yield running


def test_a_file_whose_event_is_lost_is_found_and_ends_with_one_job(
    cloud: GrantedCloud,
) -> None:
    """In each of its generations, the overwritten one too."""
    first = cloud.drop("demo/lost.jsonl")
    second = cloud.drop("demo/lost.jsonl", ROW * 2)

    assert [cloud.outcome(drop) for drop in (first, second)] == ["completed"] * 2
    assert [len(cloud.jobs(drop)) for drop in (first, second)] == [1, 1]
    for drop in (first, second):
        told = [line for line in cloud.lines if drop.drop_id in line]
        assert any('"backstop_claimed"' in line for line in told)
        assert all(line.startswith("poll_jobs ") for line in told)
    assert cloud.permits.refused == set()


def test_what_is_no_drop_is_left_alone(cloud: GrantedCloud) -> None:
    other = cloud.drop("elsewhere/lost.jsonl")
    beside = cloud.drop("demo/beside.jsonl")

    assert cloud.outcome(beside) == "completed"
    assert cloud.record(other) == {}
