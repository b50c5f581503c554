import asyncio
import socket
from pathlib import Path

import pytest

from localcloud.door.authority import Authority
from localcloud.door.connection import Behind
from localcloud.door.door import Door, PortTakenError


async def no_port(host: str) -> int:
    raise AssertionError(f"nobody asked for {host}")


def door(folder: Path) -> Door:
    behind = Behind(
        authority=Authority(folder),
        http=asyncio.Protocol,
        served=lambda: 0,
        grpc_port=no_port,
    )
    return Door(behind, memory=folder / "port", most_connections=10)


def port_after_start(folder: Path, port: int | None = None) -> int:
    async def start() -> int:
        opened = door(folder)
        await opened.start(port)
        try:
            return opened.port
        finally:
            await opened.stop()

    return asyncio.run(start())


def test_a_restart_takes_the_port_it_had(tmp_path: Path) -> None:
    first = port_after_start(tmp_path)

    assert port_after_start(tmp_path) == first


def test_a_port_that_somebody_took_meanwhile_is_given_up_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = port_after_start(tmp_path)
    with socket.create_server(("127.0.0.1", first)):
        second = port_after_start(tmp_path)

    assert second != first
    assert f"port {first} is taken by now; the door has port {second}" in caplog.text
    assert port_after_start(tmp_path) == second


@pytest.mark.parametrize("memory", ["soon", "99999999", "-1", ""])
def test_a_memory_that_makes_no_sense_is_no_obstacle(
    tmp_path: Path, memory: str
) -> None:
    (tmp_path / "port").write_text(memory)

    assert port_after_start(tmp_path) > 0


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"{port} is taken; choose another"):
            port_after_start(tmp_path, port)
