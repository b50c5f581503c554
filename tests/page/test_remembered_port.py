import asyncio
from pathlib import Path

import pytest

from localcloud.page.remembered_port import listen_as_before


async def once(memory: Path) -> int:
    server = await listen_as_before(asyncio.Protocol, "127.0.0.1", memory)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


def test_the_port_is_the_same_the_next_time(tmp_path: Path) -> None:
    memory = tmp_path / "new" / "port"

    assert asyncio.run(once(memory)) == asyncio.run(once(memory))


def test_a_port_that_somebody_has_is_left_to_them(tmp_path: Path) -> None:
    async def both() -> tuple[int, int]:
        first = await listen_as_before(asyncio.Protocol, "127.0.0.1", tmp_path / "port")
        taken: int = first.sockets[0].getsockname()[1]
        other = await once(tmp_path / "port")
        first.close()
        return taken, other

    taken, other = asyncio.run(both())

    assert taken != other
    assert int((tmp_path / "port").read_text()) == other


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "70000", "1"])
def test_what_is_no_port_to_be_had_is_forgotten(tmp_path: Path, nonsense: str) -> None:
    memory = tmp_path / "port"
    memory.write_text(nonsense)

    port = asyncio.run(once(memory))

    assert int(memory.read_text()) == port
