"""
The same steps on our server and on Google's emulator come to the same.

Filters are left out, which the emulator ignores; what else the two do differently is
named in `pubsub_steps.py` and in the suites beside this one.
"""

from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.contract.pubsub_servers import Servers
from tests.contract.pubsub_steps import Step, Walker, steps

pytest_plugins = ["tests.contract.pubsub_fixtures"]

# So that most steps have something to work on.
BEGINNING = [
    Step(kind="PUT", path="topics/t-a", body={}),
    Step(
        kind="PUT",
        path="subscriptions/s-a",
        body={"topic": "topics/t-a", "ackDeadlineSeconds": 600},
    ),
    Step(
        kind="PUT",
        path="subscriptions/s-b",
        body={
            "topic": "topics/t-a",
            "ackDeadlineSeconds": 600,
            "enableMessageOrdering": True,
        },
    ),
]


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    # Without shrinking: a failure is told step by step, and in bounded time.
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
@given(walk=st.lists(steps, min_size=4, max_size=14))
def test_the_same_steps_come_to_the_same(
    pubsub_servers: Servers, walk: list[Step]
) -> None:
    project = f"projects/walk-{uuid4().hex}"
    ours, theirs = (
        Walker(rest=pubsub_servers[kind].rest, project=project)
        for kind in ("local", "emulator")
    )
    taken = []
    for step in [*BEGINNING, *walk]:
        taken.append(str(step))
        assert ours.take(step) == theirs.take(step), "\n".join(taken)
