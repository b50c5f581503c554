"""
The incremental files of a job that runs long: what each of them holds.
"""

from dataclasses import replace

from localcloud.vertex.jobs.job import Job
from localcloud.vertex.life.moments import next_look
from localcloud.vertex.life.progress import rows_shown
from localcloud.vertex.life.steps import RowsDone, Step, Work, micros
from localcloud.vertex.pace import Pace

# However short durations are made, a job is not looked at without a pause.
_LEAST_PAUSE = 10_000


def write_part(job: Job, now: int, rows: RowsDone, pace: Pace) -> Step:
    """
    Write the rows that were done since the last incremental file, if there are any.

    One file at a time: what is begun is begun again after an end of any kind.
    """
    pause = max(_LEAST_PAUSE, micros(pace.incremental_seconds))
    job = replace(job, next_part=now + pause)
    shown = rows_shown(job, now, rows.done())
    busy = job.parts_over < job.parts
    if shown > job.part_rows and not busy:
        job = replace(
            job, parts=job.parts + 1, part_first=job.part_rows, part_rows=shown
        )
        return Step(job=replace(job, due=next_look(job, pace)), work=Work.PART)
    return Step(job=replace(job, due=next_look(job, pace)))
