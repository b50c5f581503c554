"""
The worker process: orders in on standard input, news out on standard output.

It ends when its input ends, so it never outlives the local cloud it belongs to,
however that came to its end.
"""

import fcntl
import gc
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import msgspec

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.responders.loading import load
from localcloud.vertex.responders.spec import ResponderError, parse
from localcloud.vertex.rows.bench import Bench
from localcloud.vertex.rows.gcs.storage_http import StorageHttp
from localcloud.vertex.rows.orders import Order, Ready, Start, Told


def main() -> None:
    """
    Serve orders until there are no more.
    """
    # These may reach every process of a terminal or a service; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    lines, news = _own_streams()
    start = msgspec.json.decode(lines.readline(), type=Start)
    try:
        respond = load(parse(start.responder))
    except ResponderError as error:
        _tell(news, Ready(error=str(error)))
        sys.exit(1)
    _tell(news, Ready())
    data = Path(start.data)
    lock = _only_one(data)
    bench = Bench(
        data,
        StorageHttp(start.storage_url, start.storage_token),
        msgspec.convert(start.knobs, Knobs),
        respond,
        media=StorageHttp(start.storage_url, start.storage_token),
    )
    # Rows make many small objects and no cycles: looking for some after every 700 of
    # them takes a fifth of the time.
    gc.freeze()
    gc.set_threshold(50_000)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines, orders), daemon=True).start()
    with lock:
        _work(bench, orders, news)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """
    Where orders come from and news go to, out of the reach of a user's code.

    What that prints goes to standard error, and what it reads is nothing.
    """
    lines, news = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return lines, news


def _tell(news: BinaryIO, what: Ready | Told) -> None:
    news.write(msgspec.json.encode(what) + b"\n")
    news.flush()


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
            _tell(news, told)
        bench.rest()


if __name__ == "__main__":
    main()
