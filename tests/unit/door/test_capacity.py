import pytest

from localcloud.door.capacity import most_connections


@pytest.mark.parametrize(
    ("files", "most"), [(1, 1), (256, 1), (1_024, 256), (20_000, 4_000), (2**20, 4_000)]
)
def test_connections_leave_files_for_everybody_else(files: int, most: int) -> None:
    assert most_connections(files) == most
