"""A job whose create had no clear answer, looked for and made the drop's own."""

from dataclasses import dataclass

from shared.ledger import Entry
from shared.logs import log
from shared.ports import Batches
from shared.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """What comes before any other create of a drop that is in doubt."""

    batches: Batches
    submission: Submission

    def adopt(self, entry: Entry) -> bool:
        """
        Make the earliest job that has the drop's key the drop's; whether there is
        one. Raises LostRaceError.
        """
        record = entry.record
        found = self.batches.find(record.route.location, str(record.job_key))
        if not found:
            return False
        log("adopted", drop_id=record.drop_id, job=found[0].name)
        self.submission.submitted(entry, found[0], in_doubt=True)
        return True
