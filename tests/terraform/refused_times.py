"""
Times, and numbers of tries, that are refused at plan time.
"""

from collections.abc import Mapping

from tests.terraform.refusal import Refused


def _time(says: tuple[str, ...], **times: float) -> Refused:
    return Refused({"times": times}, says)


TIMES: Mapping[str, Refused] = {
    "no time": _time(("call_timeout_seconds = 0", "from 1"), call_timeout_seconds=0),
    "half a second": _time(("= 30.5", "whole seconds"), call_timeout_seconds=30.5),
    "three years": _time(("job_lost_seconds", "99999999"), job_lost_seconds=10**8),
    "a long tick": _time(
        ("poll_budget_seconds = 181", "use 180 at most"), poll_budget_seconds=181
    ),
    **{
        f"{less} not less than {more}": _time(
            (f"{less}_seconds = {most}", f"must be less than {more}_seconds = {most}"),
            **{f"{less}_seconds": most},
        )
        # As in ORDERED of shared/settings.py, with the second's default.
        for less, more, most in (
            ("claim_renew", "claim_lease", 120),
            ("create_timeout", "create_deadline", 60),
            ("create_timeout", "settle", 600),
            ("settle", "sweep", 3600),
            ("hold_min", "hold_max", 600),
            ("publish_timeout", "publish_lease", 60),
            ("backstop_grace", "backstop_window", 604_800),
            ("backstop_window", "records_kept", 34_560_000),
        )
    },
}

# When a drop is late, as its route says.
LATE: Mapping[str, Refused] = {
    f"{limit} of {seconds}": Refused(
        {"routes": [{"prefix": "demo/", "model": "m", "limits": {limit: seconds}}]},
        (f"limits.{limit} {seconds}", "from 1 to 99999999"),
    )
    for limit, seconds in (
        ("queue_seconds", 0),
        ("queue_seconds", 0.5),
        ("queue_seconds", 10**8),
        ("run_seconds", 0),
        ("deadline_seconds", 0),
    )
}

TRIES: Mapping[str, Refused] = {
    f"{tries} tries": Refused(
        {"set_aside_tries": tries}, (f"tries {tries}:", "a whole number")
    )
    for tries in (0, 2.5, 10**8)
}
