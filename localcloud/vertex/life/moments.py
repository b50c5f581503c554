"""
When a job that runs is looked at again, if nothing else happens.
"""

from localcloud.vertex.jobs.job import Job
from localcloud.vertex.life.steps import micros
from localcloud.vertex.pace import Pace


def next_look(job: Job, pace: Pace) -> int:
    """
    The first moment at which time alone changes something.
    """
    assert job.start_time is not None
    assert job.running_until is not None
    limit = job.start_time + micros(pace.run_limit_seconds)
    looks = (limit, job.running_until, scripted_moment(job), job.next_part)
    return min(look for look in looks if look is not None)


def scripted_moment(job: Job) -> int | None:
    """
    When the script of a job has its way, if it waits for a share of the time.
    """
    script = job.script
    if script.state is None or script.after_share is None:
        return None
    assert job.start_time is not None
    assert job.running_until is not None
    span = job.running_until - job.start_time
    return job.start_time + int(span * script.after_share)
