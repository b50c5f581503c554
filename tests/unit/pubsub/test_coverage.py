"""
What Pub/Sub says that it leaves out, it does leave out.
"""

from localcloud.pubsub.coverage import COVERED, NOT_SIMULATED
from localcloud.pubsub.service.methods import MISSING


def test_what_is_unimplemented_is_said_to_be() -> None:
    said = {claim.what for claim in NOT_SIMULATED}
    assert {what for what, methods in MISSING.values() if methods} <= said


def test_no_claim_is_made_twice() -> None:
    claims = [claim.what for claim in (*COVERED, *NOT_SIMULATED)]
    assert len(set(claims)) == len(claims)
