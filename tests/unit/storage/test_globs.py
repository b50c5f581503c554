import pytest

from localcloud.storage.rules.errors import InvalidError
from localcloud.storage.rules.globs import compiled


@pytest.mark.parametrize(
    ("glob", "matching", "other"),
    [
        ("a", ["a"], ["ab", "b"]),
        ("*.txt", ["a.txt", ".txt"], ["a/b.txt", "a.txt2", "atxt"]),
        ("**.txt", ["a.txt", "a/b.txt"], ["a.md"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "ab"]),
        ("?", ["a", "é"], ["ab", "/", ""]),
        ("[a-c]x", ["ax", "cx"], ["dx", "x"]),
        ("[!a]x", ["bx"], ["ax"]),
        ("[^a]x", ["bx"], ["ax"]),
        ("{a,b/c}.d", ["a.d", "b/c.d"], ["c.d"]),
        ("a.{x*,y}", ["a.x", "a.x1", "a.y"], ["a.z", "abx"]),
        (r"a\*", ["a*"], ["ab", "a"]),
        ("a,b", ["a,b"], ["a", "b"]),
        ("a(b", ["a(b"], ["ab"]),
        ("*", ["a\nb"], ["a/b"]),
    ],
)
def test_a_glob_matches_whole_names(
    glob: str, matching: list[str], other: list[str]
) -> None:
    pattern = compiled(glob)
    assert [name for name in matching if not pattern.fullmatch(name)] == []
    assert [name for name in other if pattern.fullmatch(name)] == []


@pytest.mark.parametrize("glob", ["[a", "{a", "[z-a]"])
def test_a_glob_that_is_none_is_refused(glob: str) -> None:
    with pytest.raises(InvalidError):
        compiled(glob)
