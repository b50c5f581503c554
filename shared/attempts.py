"""What a tick or a look tries, so that a drop that fails stops none of the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared.errors import LostRaceError, PermanentError, TransientError
from shared.logs import log


@dataclass(slots=True)
class Tried:
    """Whether a drop moved, or what it failed with."""

    moved: bool = False
    error: Exception | None = None


@dataclass(slots=True)
class Attempts:
    """
    How many drops moved and how many failed, and of which drops; `bug` is for the
    end. `tell` says that a drop failed, and with what.
    """

    tell: Callable[[str, Exception], None]
    moved: int = 0
    failed: int = 0
    bug: Exception | None = None
    drop_ids: set[str] = field(default_factory=set)

    @contextmanager
    def of(self, drop_id: str) -> Iterator[Tried]:
        """Let what is done for the drop fail; it is given a `Tried` to say it moved."""
        tried = Tried()
        self.drop_ids.add(drop_id)
        try:
            yield tried
            self.moved += tried.moved
        except LostRaceError as error:
            log("lost_race", drop_id=error.drop_id)
        except Exception as error:  # noqa: BLE001  # kept for the end, after the others
            tried.error = error
            self.failed += 1
            self._tell(drop_id, error)
            self._keep(error)

    def _tell(self, drop_id: str, error: Exception) -> None:
        try:
            self.tell(drop_id, error)
        except Exception as failure:  # noqa: BLE001  # as above
            self._keep(failure)

    def _keep(self, error: Exception) -> None:
        if not isinstance(error, PermanentError | TransientError):
            self.bug = error
