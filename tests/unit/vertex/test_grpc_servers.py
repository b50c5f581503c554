"""
Servers for host names, which a client may make up.
"""

import asyncio

import pytest

from localcloud.vertex.api.grpc_servers import GrpcServers, TooManyHostsError


class Started:
    """
    Servers that only say whether they run; a port for each.
    """

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.starts = 0

    async def start(self, host: str) -> tuple["Server", int]:
        await asyncio.sleep(0)
        self.starts += 1
        self.running.add(host)
        return Server(self, host), self.starts


class Server:
    def __init__(self, started: Started, host: str) -> None:
        self._started, self._host = started, host

    async def stop(self, grace: float | None) -> None:
        self._started.running.remove(self._host)


def test_there_is_one_server_for_a_host_however_many_call_at_once() -> None:
    started = Started()

    async def ask() -> list[int]:
        servers = GrpcServers(started.start)
        return await asyncio.gather(*[servers.port("a") for _ in range(5)])

    assert asyncio.run(ask()) == [1] * 5
    assert started.starts == 1


def test_made_up_hosts_get_no_servers_without_end() -> None:
    started = Started()

    async def ask() -> None:
        servers = GrpcServers(started.start, most=3)
        for host in ("a", "b", "c"):
            await servers.port(host)
        for host in ("d", "e"):
            # An OSError, which the door says as a warning, and hangs up.
            with pytest.raises(OSError, match=f"^{host} has no server") as raised:
                await servers.port(host)
            assert raised.type is TooManyHostsError
        assert await servers.port("a") == 1
        assert started.running == {"a", "b", "c"}
        await servers.stop()

    asyncio.run(ask())
    assert started.running == set()
