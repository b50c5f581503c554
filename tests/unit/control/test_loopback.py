"""
The switches over HTTP: what they answer, and to whom.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from aiohttp import web

from localcloud.admin import Admin
from localcloud.control.switches import Switches
from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.faults import Faults
from localcloud.storage.faults.rules import StorageCall
from tests.everybody import owners
from tests.loop_thread import LoopThread

Json = dict[str, Any]


class Served:
    """
    The loopback port's part that is about administration.
    """

    def __init__(self, loop: LoopThread) -> None:
        self.faults = Faults(seed=1)
        self._loop = loop
        self._listening = loop.run(self._listen())
        self.port = self._listening.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/admin/faults"

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        self._server = web.Server(Admin(Switches(self.faults), owners()).handle)
        return await loop.create_server(self._server, "127.0.0.1", 0)

    async def _stop(self) -> None:
        self._listening.close()
        await self._server.shutdown(0.1)

    def close(self) -> None:
        self._loop.run(self._stop())

    def ask(self, method: str, path: str = "", status: int = 200, **more: Any) -> Json:
        answer = requests.request(method, f"{self.url}{path}", timeout=10, **more)
        assert answer.status_code == status, answer.text
        told: Json = answer.json()
        return told

    def here(self, headers: dict[str, str]) -> dict[str, str]:
        """
        The headers, with this port where it is meant.
        """
        port = str(self.port)
        return {name: text.replace("{port}", port) for name, text in headers.items()}

    def refused(self, method: str, path: str, status: int, **more: Any) -> str:
        """
        The message of an error, which has Google's shape.
        """
        error = self.ask(method, path, status, **more)["error"]
        assert error["code"] == status
        assert error["status"] in ("INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED")
        message = str(error["message"])
        assert message.endswith(".")
        return message


@pytest.fixture(scope="module")
def serving() -> Iterator[Served]:
    with LoopThread().running() as loop:
        made = Served(loop)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def served(serving: Served) -> Served:
    serving.ask("DELETE")
    return serving


def test_it_tells_the_catalogue_what_is_on_and_what_was_injected(
    served: Served,
) -> None:
    told = served.ask("GET")
    assert [each["name"] for each in told["catalogue"]] == list(catalogue())
    first = next(iter(catalogue().values()))
    assert told["catalogue"][0] == {
        "name": first.name,
        "service": first.service,
        "says": first.says,
        "always": first.always,
    }
    assert told["rules"] == []
    rule = {"service": "storage", "method": "storage.objects.*", "cut": True}
    added = served.ask("POST", json=rule)
    served.faults.befalling(StorageCall(method="storage.objects.get"))
    told = served.ask("GET")
    assert told["rules"] == [
        {"id": added["added"][0], "name": "", "matched": 1, "befell": 1, **rule}
    ]
    noted = told["injected"][-1]
    assert set(noted) >= {"time", "service", "method", "resource", "rule"}
    assert noted["rule"] == added["added"][0]


def test_rules_lists_of_them_and_names_switch_on(served: Served) -> None:
    served.ask("POST", json={"cut": True})
    served.ask("POST", json=[{"cut": True}, {"name": "create-quota", "times": 3}])
    told = served.ask("POST", json={"name": "events-late", "delay_seconds": [0, 1]})
    assert [each["service"] for each in told["rules"]] == [
        "*",
        "*",
        "vertex",
        "eventarc",
    ]
    assert told["rules"][2]["times"] == 3
    assert told["rules"][3]["disturbance"] == {"delay_seconds": [0, 1]}


def test_they_go_by_id_by_name_and_all_at_once(served: Served) -> None:
    (one,) = served.ask("POST", json={"cut": True})["added"]
    served.ask("POST", json=[{"name": "reads-quota"}, {"name": "paused"}])
    assert len(served.ask("DELETE", f"/{one}")["rules"]) == 3
    assert len(served.ask("DELETE", "/reads-quota")["rules"]) == 1
    message = served.refused("DELETE", "/reads-quota", 404)
    assert "'reads-quota'" in message
    assert served.ask("DELETE")["rules"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "The body is no JSON: send a rule"),
        (b"{", "The body is no JSON"),
        (b"[" * 100_000, "The body is no JSON"),
        (b"7", "A fault is an object, not 7"),
        (b'{"unheardOf": 1}', "There is no `unheardOf`"),
        (
            b'{"name": "pausd"}',
            "There is no fault 'pausd' in the catalogue (did you mean 'paused'?).",
        ),
        (b"[]", "The list is empty: give it a rule, or a fault's name."),
        (b'[{"cut": true}, {}]', "The rule does not say what happens"),
        (b'{"script": {}}', "`script` is for rules of another service"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    served: Served, body: bytes, told: str
) -> None:
    assert served.refused("POST", "", 400, data=body).startswith(told)
    assert served.ask("GET")["rules"] == []


def test_a_body_that_is_too_large_is_refused(served: Served) -> None:
    assert "1 MiB" in served.refused("POST", "", 400, data=b" " * (1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", ""), ("POST", "/1"), ("PATCH", "/1"), ("GET", "/1")]
)
def test_there_is_nothing_else(served: Served, method: str, path: str) -> None:
    assert "GET, POST or DELETE" in served.refused(method, path, 404)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "10.0.0.1:{port}"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_is_told_nothing_and_sets_nothing(
    served: Served, method: str, headers: dict[str, str]
) -> None:
    here = {
        name: text.replace("{port}", str(served.port)) for name, text in headers.items()
    }
    given: Json = {"json": {"cut": True}} if method == "POST" else {}
    served.refused(method, "", 403, headers=here, **given)
    assert served.faults.rules == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:{port}", "Origin": "http://localhost:{port}"},
        {"Host": "[::1]:{port}"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_its_own_page_and_programs_are_let_in(
    served: Served, headers: dict[str, str]
) -> None:
    here = {
        name: text.replace("{port}", str(served.port)) for name, text in headers.items()
    }
    assert served.ask("POST", json={"cut": True}, headers=here)["rules"]


def test_a_disturbance_is_set_under_the_same_rule(served: Served) -> None:
    url = served.url.replace("/faults", "/disturbance")
    page = {"Origin": "https://evil.example"}
    refused = requests.put(url, json={"copies": 1}, headers=page, timeout=10)
    assert refused.status_code == 403
    assert requests.put(url, json={"copies": 1}, timeout=10).json()["copies"] == 1
    for wrong in (b"{", b"[1]", b'{"no": 1}', b'{"copies": -1}'):
        answer = requests.put(url, data=wrong, timeout=10)
        assert answer.status_code == 400
        assert "Disturbance(" not in answer.text
    requests.put(url, json={}, timeout=10).raise_for_status()
