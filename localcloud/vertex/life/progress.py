"""
How many rows of a running job count as answered, and how they turned out.
"""

from localcloud.vertex.jobs.job import Counts, Job
from localcloud.vertex.life.steps import RowsDone


def rows_shown(job: Job, now: int, done: int) -> int:
    """
    How many rows count as answered now: those that are, but never more than the
    share of the running time that is over.
    """
    if job.start_time is None or job.running_until is None or job.rows is None:
        return 0
    if job.stuck_since is not None:
        now = job.stuck_since
    span = job.running_until - job.start_time
    if now >= job.running_until or span <= 0:
        return min(done, job.rows)
    return min(done, job.rows * max(0, now - job.start_time) // span)


def count_rows(job: Job, shown: int, rows: RowsDone) -> Counts:
    """
    The outcome of the first so many rows; the others are incomplete.
    """
    failed = rows.failed(shown)
    return Counts(
        successful=shown - failed,
        failed=failed,
        incomplete=(job.rows or shown) - shown,
    )
