"""How a demo looks: a living picture on a terminal, plain lines anywhere else."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from localcloud.demo.story import Event

_LINE_EVERY_SECONDS = 1.0


class Screen:
    """Shows what happens, on whatever standard output is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._events: list[tuple[float, Event]] = []
        self._live = Live(console=console, refresh_per_second=10, transient=False)
        self._running_line_at = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.update(self._picture(ended=True), refresh=True)
            self._live.stop()

    def show(self, event: Event) -> None:
        """Show one event; RUNNING takes the place of the RUNNING before it."""
        at = time.monotonic() - self._began
        if self._console.is_terminal:
            if self._events and self._events[-1][1].step == event.step:
                self._events[-1] = (self._events[-1][0], event)
            else:
                self._events.append((at, event))
            self._live.update(self._picture(ended=False))
            return
        if event.step == "RUNNING" and 0 < event.done < event.total:
            if at < self._running_line_at:
                return
            self._running_line_at = at + _LINE_EVERY_SECONDS
        self._console.print(
            f"{at:6.1f} s  {event.step:<12} {_detail(event)}".rstrip(),
            highlight=False,
            soft_wrap=True,
            markup=False,
        )

    def _picture(self, *, ended: bool) -> Group:
        table = Table.grid(padding=(0, 2))
        last = len(self._events) - 1
        for number, (at, event) in enumerate(self._events):
            busy = number == last and not ended
            table.add_row(
                Spinner("dots") if busy else Text("✓", style="green"),
                Text(f"{at:5.1f} s", style="dim"),
                Text(event.step, style="bold"),
                _bar(event) if event.total else Text(event.detail, style="dim"),
            )
        return Group(table)


def _bar(event: Event) -> Table:
    row = Table.grid(padding=(0, 1))
    row.add_row(
        ProgressBar(total=event.total, completed=event.done, width=30), _detail(event)
    )
    return row


def _detail(event: Event) -> str:
    return f"{event.done}/{event.total} rows" if event.total else event.detail
