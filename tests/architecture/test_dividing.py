"""How the tests are divided among processes."""

from tests.dividing import LONG, SHARING, TESTS


def test_each_file_that_is_named_is_there_and_named_once() -> None:
    shared = [file for files in SHARING.values() for file in files]

    assert [file for file in (*LONG, *shared) if not (TESTS / file).is_file()] == []
    assert len(set(shared)) == len(shared)
    assert len(set(LONG)) == len(LONG)
