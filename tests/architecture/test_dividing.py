"""How the tests are divided among processes."""

from collections import Counter

from tests.dividing import LONG, SHARING, TESTS


def test_each_file_that_is_named_is_there_and_named_once() -> None:
    shared = [each for files in SHARING.values() for each in files]
    found = Counter(file for each in shared for file in TESTS.glob(each))

    assert [each for each in (*LONG, *shared) if not [*TESTS.glob(each)]] == []
    assert set(found.values()) == {1}
    assert len(set(LONG)) == len(LONG)
