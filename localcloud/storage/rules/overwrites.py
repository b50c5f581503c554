"""
Whether a write may replace what is there: for that it needs another permission.
"""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.storage.rules.preconditions import Preconditions, Versioned


def _freely(bucket: str) -> None:
    return


def _unasked(bucket: str) -> None:
    raise RuntimeError(f"nobody has asked what may be replaced in {bucket}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrites:
    """
    What the caller of a write, `account`, may do to a generation that is live already.

    `permit` raises if the caller may not delete in a bucket; `asked_first` says that
    it does so even where a precondition forbids the write in any case.
    """

    account: str
    permit: Callable[[str], None]
    asked_first: bool

    def check(
        self, bucket: str, conditions: Preconditions, old: Versioned | None
    ) -> None:
        """
        Pass if a write may replace `old`, None if there is nothing.
        """
        if old is not None and self.asked_first:
            self.permit(bucket)
        conditions.check_write(old)
        if old is not None:
            self.permit(bucket)


FREELY = Overwrites(account="", permit=_freely, asked_first=False)
"""
For what the local cloud itself sets up.
"""

UNASKED = Overwrites(account="", permit=_unasked, asked_first=False)
"""
Before anybody has looked at who calls: nothing is replaced.
"""
