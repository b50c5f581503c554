"""
One name is written once a second in the long run, after a burst of five.
"""

from collections.abc import Iterator

import pytest
from google.cloud.storage.retry import DEFAULT_RETRY

from localcloud.control.scenario import ScenarioError, read_scenario
from localcloud.storage.knobs import GOOGLES, StorageKnobs
from localcloud.storage.rules.errors import TooManyWritesError
from localcloud.storage.rules.write_rate import WriteRate
from tests.contract.storage_clock import Clock
from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> Iterator[RunningStorage]:
    folder = tmp_path_factory.mktemp("storage")
    with running_storage(folder, now=clock, knobs=GOOGLES) as running:
        yield running


def write(server: RunningStorage, bucket: str, name: str = "o") -> int:
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"
    return server.call("POST", path, data=b"x", status=None).status_code


def test_the_sixth_write_at_once_is_refused_in_googles_words(
    server: RunningStorage, clock: Clock
) -> None:
    bucket = server.bucket().name
    assert [write(server, bucket) for _ in range(5)] == [200] * 5

    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=o"
    answer = server.call("POST", path, data=b"x", status=429)

    assert error_of(answer) == (
        429,
        "rateLimitExceeded",
        f"The object {bucket}/o exceeded the rate limit for object mutation "
        "operations (create, update, and delete). Please reduce your request rate. "
        "See https://cloud.google.com/storage/docs/gcs429.",
    )
    assert answer.json()["error"]["errors"][0]["domain"] == "usageLimits"
    assert write(server, bucket, "other") == 200
    clock.forward(seconds=1)
    assert [write(server, bucket) for _ in range(2)] == [200, 429]
    clock.forward(seconds=60)
    assert [write(server, bucket) for _ in range(6)] == [200] * 5 + [429]


@pytest.mark.parametrize("verb", ["PATCH", "DELETE", "compose", "copy", "resumable"])
def test_every_change_of_a_name_counts(server: RunningStorage, verb: str) -> None:
    bucket = server.bucket().name
    write(server, bucket, "s")
    for _ in range(5):
        write(server, bucket)
    objects = f"/storage/v1/b/{bucket}/o"
    method, path, body = {
        "PATCH": ("PATCH", f"{objects}/o", {}),
        "DELETE": ("DELETE", f"{objects}/o", None),
        "compose": ("POST", f"{objects}/o/compose", {"sourceObjects": [{"name": "s"}]}),
        "copy": ("POST", f"{objects}/s/copyTo/b/{bucket}/o/o", {}),
        "resumable": ("POST", f"/upload{objects}?uploadType=resumable&name=o", {}),
    }[verb]
    if verb == "resumable":
        session = server.call(method, path, json=body).headers["Location"]
        method, path = "PUT", session.removeprefix(server.url)
    assert server.call(method, path, json=body, status=None).status_code == 429


def test_what_is_refused_for_another_reason_does_not_count(
    server: RunningStorage,
) -> None:
    bucket = server.bucket().name
    write(server, bucket)
    for _ in range(10):
        server.insert(bucket, "o", b"x", status=412, query="&ifGenerationMatch=0")
    assert write(server, bucket) == 200


def test_a_refused_write_changes_nothing(server: RunningStorage) -> None:
    bucket = server.bucket()
    for _ in range(5):
        write(server, bucket.name)
    files = server.within(lambda store: sum(1 for _ in store.contents.files()))
    events = len(server.events())
    before = bucket.get_blob("o").generation

    assert write(server, bucket.name) == 429

    assert bucket.get_blob("o").generation == before
    assert server.within(lambda s: sum(1 for _ in s.contents.files())) == files
    assert len(server.events()) == events


def test_the_client_waits_and_comes_through(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("real")
    knobs = StorageKnobs(writes_per_second=4, write_burst=2)
    with running_storage(folder, knobs=knobs) as running:
        bucket = running.bucket()
        for turn in range(4):
            bucket.blob("o").upload_from_string(b"%d" % turn, retry=DEFAULT_RETRY)
        assert bucket.blob("o").download_as_bytes() == b"3"


def test_memory_holds_the_last_burst_alone() -> None:
    clock = Clock()
    rate = WriteRate(1, 5, clock)
    for number in range(30_000):
        rate.take("b", str(number))
        clock.forward(seconds=0.001)
    assert len(rate) < 20_000
    clock.forward(seconds=10)
    for number in range(10_000):
        rate.take("b", f"later {number}")
    assert len(rate) == 10_000


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    clock = Clock()
    rate = WriteRate(1, 5, clock)
    for _ in range(5):
        rate.take("b", "o")
    with pytest.raises(TooManyWritesError):
        rate.take("b", "o")
    clock.forward(days=-1)
    rate.take("b", "o")


def test_a_rate_of_none_is_no_limit() -> None:
    rate = WriteRate(0, 5, Clock())
    for _ in range(100):
        rate.take("b", "o")
    assert len(rate) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"writes_per_second": -1.0},
        {"write_burst": 0},
        {"rewrite_bytes": 5},
        {"list_page": 0},
    ],
)
def test_no_other_limits_are_taken(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"or more|1 to 1,000"):
        StorageKnobs(**wrong)  # type: ignore[arg-type]  # that is the test


def test_a_scenario_sets_the_limits() -> None:
    scenario = read_scenario(None, ["writes_per_second=0", "shuffle=false"])
    assert scenario.storage_knobs == StorageKnobs(writes_per_second=0)
    assert scenario.knobs.shuffle is False
    assert read_scenario(None, []).storage_knobs == GOOGLES
    for wrong in ("write_burst=0", "writes_per_second=fast", "rewrite_bytes=1.5"):
        with pytest.raises(ScenarioError, match="the knob"):
            read_scenario(None, [wrong])
