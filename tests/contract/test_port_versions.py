"""What a look at the inbox leans on of Cloud Storage, for the fake and the client."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from tests.contract.ground import Ground, ground

__all__ = ["ground"]


def listed(ground: Ground, since: str = "") -> list[tuple[str, int, int]]:
    found = ground.objects.versions(ground.inbox, since=since)
    return [(each.name, each.generation, each.size) for each in found]


def test_every_generation_that_is_there_is_listed_in_order(ground: Ground) -> None:
    """Overwritten and deleted ones too; but none that was deleted for ever."""
    second = ground.upload(ground.inbox, "in/b", b"1")
    first = [ground.upload(ground.inbox, "in/a", b"1" * n) for n in (1, 2)]
    ground.delete(ground.inbox, "in/b")
    gone = ground.upload(ground.inbox, "in/c", b"1")
    ground.delete(ground.inbox, "in/c", gone)

    assert listed(ground) == [
        ("in/a", first[0], 1),
        ("in/a", first[1], 2),
        ("in/b", second, 1),
    ]


def test_a_list_goes_on_at_a_name(ground: Ground) -> None:
    names = ["a", "in/z", "in/ä b#?.jsonl", "é"]
    made = [(name, ground.upload(ground.inbox, name, b"1"), 1) for name in names]

    assert listed(ground, since="in/ä b#?.jsonl") == made[2:]
    assert listed(ground, since="in/{") == made[2:]
    assert listed(ground, since="") == made


def test_a_generation_says_what_its_event_says(ground: Ground) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    ground.upload(ground.inbox, "a", b"1")

    (found,) = ground.objects.versions(ground.inbox, since="")

    assert before < found.created < datetime.now(UTC) + timedelta(seconds=5)
    assert (found.bucket, found.content_encoding) == (ground.inbox, "")
    assert found == ground.objects.info(ground.inbox, "a")


def test_a_large_inbox_is_listed_whole_by_one_call_a_thousand(ground: Ground) -> None:
    names = [f"in/{number:05}" for number in range(1_005)]
    with ThreadPoolExecutor(8) as uploaders:
        list(uploaders.map(lambda name: ground.upload(ground.inbox, name, b""), names))

    asked = ground.asked()
    found = [name for name, _, _ in listed(ground)]

    assert found == names
    assert ground.asked() - asked == 2
