"""
The loopback port, the same after a restart, so that an open page finds its way back.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path


async def listen_as_before(
    protocol: Callable[[], asyncio.Protocol], host: str, memory: Path
) -> asyncio.Server:
    """
    Listen on the port that is kept in `memory`, or on a free one if there is none
    or somebody has it; keep the port.
    """
    loop = asyncio.get_running_loop()
    try:
        listening = await loop.create_server(protocol, host, _remembered(memory))
    except (OSError, OverflowError):
        listening = await loop.create_server(protocol, host, 0)
    _remember(memory, listening.sockets[0].getsockname()[1])
    return listening


def _remembered(memory: Path) -> int:
    try:
        return int(memory.read_text())
    except (OSError, ValueError):
        return 0


def _remember(memory: Path, port: int) -> None:
    memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    memory.write_text(f"{port}\n")
