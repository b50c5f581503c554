"""
What a job that waits shows: PENDING, QUEUED, or the one after the other.
"""

from localcloud.vertex.jobs.job import Job, State
from localcloud.vertex.knobs import Knobs

# In how many turns the wait of a job is shown that goes back and forth.
_FLICKERS = 8


def waiting_turns(knobs: Knobs) -> int:
    """
    How many times a job may change its state while it waits.
    """
    if knobs.queue_flicker:
        return _FLICKERS
    return 2 if knobs.queued_state else 1


def waiting_state(job: Job, now: int, ready: int, knobs: Knobs) -> tuple[str, int]:
    """
    The state of a job that waits until `ready`, and until when it has that.
    """
    turns = waiting_turns(knobs)
    turn = (now - job.create_time) * turns // (ready - job.create_time)
    until = job.create_time + (turn + 1) * (ready - job.create_time) // turns
    if knobs.queue_flicker:
        return (State.QUEUED if turn % 2 else State.PENDING), max(until, now + 1)
    return (State.QUEUED if knobs.queued_state else job.state), ready
