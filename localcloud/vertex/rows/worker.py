"""
The worker process: orders in on standard input, news out on standard output.

It ends when its input ends, so it never outlives the local cloud it belongs to,
however that came to its end.
"""

import fcntl
import importlib
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import msgspec

from localcloud.vertex.answers.answer import Responder
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.bench import Bench
from localcloud.vertex.rows.gcs.storage_http import StorageHttp
from localcloud.vertex.rows.orders import Order, Start


def find_responder(name: str) -> Responder:
    """
    The responder that `package.module:function` names.
    """
    module, _, function = name.partition(":")
    found: Responder = getattr(importlib.import_module(module), function)
    return found


def main() -> None:
    """
    Serve orders until there are no more.
    """
    # Ctrl-C reaches every process of the terminal; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    data = Path(start.data)
    lock = _only_one(data)
    bench = Bench(
        data,
        StorageHttp(start.storage_url, start.storage_token),
        msgspec.convert(start.knobs, Knobs),
        find_responder(start.responder),
    )
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(
        target=_listen, args=(sys.stdin.buffer, orders), daemon=True
    ).start()
    with lock:
        _work(bench, orders, sys.stdout.buffer)


def _only_one(data: Path) -> BinaryIO:
    """
    Wait until no other worker uses the folder: one may be about to end.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = (data / "worker.lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _listen(lines: BinaryIO, orders: "queue.SimpleQueue[Order]") -> None:
    decode = msgspec.json.Decoder(Order).decode
    for line in lines:
        orders.put(decode(line))
    # What is in hand can be begun again by the next worker.
    os._exit(0)


def _work(bench: Bench, orders: "queue.SimpleQueue[Order]", news: BinaryIO) -> None:
    while True:
        while bench.idle or not orders.empty():
            bench.take(orders.get())
        told = bench.turn()
        if told is not None:
            news.write(msgspec.json.encode(told) + b"\n")
            news.flush()


if __name__ == "__main__":
    main()
