"""
How long things take in a soak: the deployment's times, shorter than the local cloud's
own, so that what is in doubt is settled within a short run.
"""

CREATE_TIMEOUT = 3
TIMES = {
    "create_timeout_seconds": CREATE_TIMEOUT,
    "create_deadline_seconds": 5,
    "settle_seconds": 4,
    "sweep_seconds": 6,
    "hold_max_seconds": 4,
    "publish_timeout_seconds": 4,
    "publish_lease_seconds": 5,
    # Some events come later than that, and meet a look at the inbox; most do not.
    "backstop_grace_seconds": 6,
}
SPEED = 2

# A list may lag, and a process may sleep with a create in its hand, and both at once:
# together far less than the deadline and the settling time, or a drop may be billed
# twice by design.
LAG = 2
LONGEST_SLEEP = 2

# No more faults for so long before the end, so that what began can end.
CALM = 30
