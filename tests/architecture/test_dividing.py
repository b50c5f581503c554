"""How the tests are divided among processes."""

from collections import Counter

import pytest
from xdist.remote import Producer

from tests.dividing import LONG, SHARING, TESTS, Together


def test_each_file_that_is_named_is_there_and_named_once() -> None:
    shared = [each for files in SHARING.values() for each in files]
    found = Counter(file for each in shared for file in TESTS.glob(each))

    assert [each for each in (*LONG, *shared) if not [*TESTS.glob(each)]] == []
    assert set(found.values()) == {1}
    assert len(set(LONG)) == len(LONG)


def test_files_that_share_something_go_to_one_process(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytestconfig.option, "tx", ["popen"])
    together = Together(pytestconfig, Producer("test"))

    def scope(file: str) -> str:
        return together._split_scope(f"tests/{file}::test_one[a]")

    assert scope("e2e/test_kills.py") == scope("e2e/test_drops.py")
    assert scope("contract/test_pubsub_a.py") == scope("contract/test_pubsub_b.py")
    assert scope("unit/test_a.py") == "tests/unit/test_a.py"
