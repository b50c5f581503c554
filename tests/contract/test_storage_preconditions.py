"""
Every precondition on every verb, with its two outcomes.
"""

from collections.abc import Iterator

import pytest

from tests.contract.storage_server import RunningStorage, running_storage
from tests.contract.storage_verbs import (
    INSERTS,
    READS,
    WRITES,
    Target,
    Verb,
    delete,
    download,
    get,
    patch,
    update,
)

KINDS = [
    "GenerationMatch",
    "GenerationNotMatch",
    "MetagenerationMatch",
    "MetagenerationNotMatch",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def ids(verb: Verb) -> str:
    return verb.__name__


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", READS + WRITES, ids=ids)
def test_what_holds_lets_the_request_through(
    server: RunningStorage, verb: Verb, kind: str
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    match = target.generation if kind.startswith("Generation") else 2
    value = match if not kind.endswith("NotMatch") else match + 1

    assert verb(target, f"&if{kind}={value}") in (200, 204)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", READS + WRITES, ids=ids)
def test_what_does_not_hold_stops_the_request_and_changes_nothing(
    server: RunningStorage, verb: Verb, kind: str
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    before = target.state()
    match = target.generation if kind.startswith("Generation") else 2
    value = match + 1 if not kind.endswith("NotMatch") else match

    refused = 304 if verb in READS and kind.endswith("NotMatch") else 412
    assert verb(target, f"&if{kind}={value}") == refused
    assert target.state() == before


@pytest.mark.parametrize("verb", READS + WRITES, ids=ids)
def test_generation_0_never_matches_what_is_there(
    server: RunningStorage, verb: Verb
) -> None:
    target = Target(server, server.bucket().name)
    target.prepare()
    before = target.state()

    assert verb(target, "&ifGenerationMatch=0") == 412
    assert target.state() == before


@pytest.mark.parametrize("verb", INSERTS, ids=ids)
def test_generation_0_matches_what_is_not_there(
    server: RunningStorage, verb: Verb
) -> None:
    target = Target(server, server.bucket().name)
    server.insert(target.bucket, "s", b"old")

    assert verb(target, "&ifGenerationMatch=0") == 200


@pytest.mark.parametrize(
    "condition",
    ["GenerationMatch=5", "GenerationNotMatch=0", "MetagenerationMatch=1"],
)
@pytest.mark.parametrize("verb", INSERTS, ids=ids)
def test_only_what_exists_can_be_asked_to_be_at_a_generation(
    server: RunningStorage, verb: Verb, condition: str
) -> None:
    target = Target(server, server.bucket().name)
    server.insert(target.bucket, "s", b"old")
    before = target.state()

    assert verb(target, f"&if{condition}") == 412
    assert target.state() == before


@pytest.mark.parametrize("verb", [get, download, patch, update, delete], ids=ids)
def test_what_is_not_there_is_not_found_whatever_is_asked_of_it(
    server: RunningStorage, verb: Verb
) -> None:
    target = Target(server, server.bucket().name)

    assert verb(target, "&ifGenerationMatch=5") == 404
