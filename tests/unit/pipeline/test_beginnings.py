"""When a deployment and its routes began is remembered."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from localcloud.pipeline.beginnings import begun
from localcloud.pipeline.deployment import Deployment
from shared.settings import Settings, settings_from

A = {"prefix": "a/", "model": "gemini-2.5-flash"}
B = {"prefix": "b/", "model": "gemini-2.5-flash"}


def settings(memory: Path, *routes: dict[str, str]) -> Settings:
    return settings_from(begun(Deployment(routes=routes), memory).settings())


def yesterday(memory: Path) -> datetime:
    """Have all that is remembered begin a day earlier."""
    earlier = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    known = json.loads(memory.read_text())
    memory.write_text(json.dumps(dict.fromkeys(known, earlier.isoformat())))
    return earlier


def began(found: Settings) -> dict[str, datetime | None]:
    return {route.prefix: route.began for route in found.routes.routes}


def test_a_deployment_begins_when_it_is_first_seen(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    found = settings(tmp_path / "began.json", A)

    assert before <= found.began_at <= datetime.now(UTC)
    assert began(found) == {"a/": found.began_at}


def test_it_is_remembered_and_a_route_that_comes_later_begins_then(
    tmp_path: Path,
) -> None:
    memory = tmp_path / "began.json"
    settings(memory, A)
    earlier = yesterday(memory)

    found = settings(memory, A, B)

    assert found.began_at == began(found)["a/"] == earlier
    later = began(found)["b/"]
    assert later
    assert later > earlier


def test_a_route_that_was_away_begins_anew(tmp_path: Path) -> None:
    memory = tmp_path / "began.json"
    settings(memory, A, B)
    earlier = yesterday(memory)
    settings(memory, A)

    again = began(settings(memory, A, B))["b/"]

    assert again
    assert again > earlier


def test_the_route_for_all_the_rest_is_told_from_the_deployment(tmp_path: Path) -> None:
    memory = tmp_path / "began.json"
    settings(memory, A)
    earlier = yesterday(memory)

    found = settings(memory, A, {"prefix": "", "model": "gemini-2.5-flash"})

    assert found.began_at == earlier
    rest = began(found)[""]
    assert rest
    assert rest > earlier
