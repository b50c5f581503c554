"""
Compare-and-swap under concurrent writers: of many with one precondition, one wins.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.api_core.exceptions import PreconditionFailed

from tests.contract.storage_server import RunningStorage, running_storage

WRITERS = 8
ROUNDS = 15
WAIT_SECONDS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def race(work: Callable[[int], int]) -> list[int]:
    """
    Run `work` in all writers at the same moment; returns their statuses, sorted.
    """
    gate = threading.Barrier(WRITERS)

    def run(number: int) -> int:
        gate.wait(WAIT_SECONDS)
        return work(number)

    with ThreadPoolExecutor(WRITERS) as pool:
        return sorted(pool.map(run, range(WRITERS), timeout=WAIT_SECONDS))


ONE_WINNER = [200] + [412] * (WRITERS - 1)


def test_of_eight_creators_exactly_one_wins(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&ifGenerationMatch=0"

    for turn in range(ROUNDS):
        name = f"o{turn}"

        def create(number: int, name: str = name) -> int:
            url = f"{path}&name={name}"
            data = b"%d" % number * 100_000
            return server.call("POST", url, data=data, status=None).status_code

        assert race(create) == ONE_WINNER
        content = server.client.bucket(bucket).blob(name).download_as_bytes()
        assert len(content) == 100_000
        assert len(set(content)) == 1
    finalized = [e for e in server.events() if e.bucket == bucket]
    assert len(finalized) == ROUNDS


def test_of_eight_slow_creators_exactly_one_wins(server: RunningStorage) -> None:
    """
    Every session was begun while the precondition held.
    """
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&ifGenerationMatch=0"
    sessions = [
        server.call("POST", f"{path}&name=o").headers["Location"]
        for _ in range(WRITERS)
    ]

    def finish(number: int) -> int:
        session = sessions[number].removeprefix(server.url)
        return server.call("PUT", session, data=b"x", status=None).status_code

    assert race(finish) == ONE_WINNER


def test_of_eight_copies_exactly_one_wins(server: RunningStorage) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "s", b"source")
    path = f"/storage/v1/b/{bucket}/o/s/rewriteTo/b/{bucket}/o/t?ifGenerationMatch=0"

    assert (
        race(lambda _: server.call("POST", path, status=None).status_code) == ONE_WINNER
    )


def test_of_eight_deleters_exactly_one_wins(server: RunningStorage) -> None:
    bucket = server.bucket().name
    made = server.insert(bucket, "o", b"1")
    path = f"/storage/v1/b/{bucket}/o/o?ifGenerationMatch={made['generation']}"

    statuses = race(lambda _: server.call("DELETE", path, status=None).status_code)

    assert statuses == [204] + [404] * (WRITERS - 1)


def test_a_counter_by_compare_and_swap_loses_no_step(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.blob("counter").upload_from_string(b"0")
    writers, steps = 4, 20

    def count(_: int) -> None:
        done = 0
        while done < steps:
            blob = bucket.blob("counter")
            # The download tells the generation that it read.
            value = int(blob.download_as_bytes())
            try:
                blob.upload_from_string(
                    b"%d" % (value + 1), if_generation_match=blob.generation
                )
            except PreconditionFailed:
                continue
            done += 1

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(count, range(writers), timeout=WAIT_SECONDS))

    assert bucket.blob("counter").download_as_bytes() == b"80"


def test_patches_by_compare_and_swap_lose_no_key(server: RunningStorage) -> None:
    bucket = server.bucket().name
    server.insert(bucket, "o", b"")
    path = f"/storage/v1/b/{bucket}/o/o"

    def add(number: int) -> int:
        while True:
            seen = server.call("GET", path).json()
            metadata = {**seen.get("metadata", {}), f"k{number}": "v"}
            query = f"?ifMetagenerationMatch={seen['metageneration']}"
            answer = server.call(
                "PATCH", path + query, json={"metadata": metadata}, status=None
            )
            if answer.status_code != 412:
                return answer.status_code

    assert race(add) == [200] * WRITERS
    seen = server.call("GET", path).json()
    assert seen["metadata"] == {f"k{number}": "v" for number in range(WRITERS)}
    assert seen["metageneration"] == str(WRITERS + 1)
