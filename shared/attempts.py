"""What a tick tries, so that one drop that fails stops none of the others."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import LostRaceError, PermanentError, TransientError
from shared.logs import Severity, log


@dataclass(slots=True)
class Attempts:
    """
    How many drops moved and how many failed; `bug` is for the tick's end. `count`
    writes down that a drop failed, and returns how often it has.
    """

    count: Callable[[str, Exception], int]
    moved: int = 0
    failed: int = 0
    bug: Exception | None = None

    def make(self, drop_id: str, work: Callable[[], bool]) -> Exception | None:
        """Do what says whether the drop moved; return what it failed with."""
        try:
            self.moved += work()
        except LostRaceError as error:
            log("lost_race", drop_id=error.drop_id)
        except Exception as error:  # noqa: BLE001  # kept for the end, after the others
            self.failed += 1
            log(
                "drive_failed",
                severity=Severity.ERROR,
                drop_id=drop_id,
                error=type(error).__name__,
                failures=self._counted(drop_id, error),
            )
            self._keep(error)
            return error
        return None

    def _counted(self, drop_id: str, error: Exception) -> int | None:
        try:
            return self.count(drop_id, error)
        except Exception as failure:  # noqa: BLE001  # as above
            # The line that is written all the same tells that the drop failed.
            self._keep(failure)
            return None

    def _keep(self, error: Exception) -> None:
        if not isinstance(error, PermanentError | TransientError):
            self.bug = error
