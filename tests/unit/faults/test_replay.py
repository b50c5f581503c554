"""
Faults repeat themselves: for any rules, and any sequence of calls.
"""

from hypothesis import given
from hypothesis import strategies as st

from localcloud.faults.faults import Faults
from localcloud.faults.rules import Call, Rule

SERVICES = ["vertex", "storage", "pubsub"]
METHODS = ["get", "list"]

calls = st.builds(
    Call,
    service=st.sampled_from(SERVICES),
    method=st.sampled_from(METHODS),
    resource=st.sampled_from(["a", "b"]),
)
rules = st.builds(
    Rule,
    cut=st.just(True),
    service=st.sampled_from([*SERVICES, "*"]),
    method=st.sampled_from([*METHODS, "*"]),
    resource=st.sampled_from([None, "a"]),
    calls=st.none() | st.lists(st.integers(1, 8)).map(tuple),
    share=st.none() | st.floats(0, 1),
    seed=st.none() | st.integers(0, 3),
    times=st.none() | st.integers(1, 3),
)


def injected(given: list[Rule], sequence: list[Call], seed: int) -> list[Rule | None]:
    faults = Faults(seed=seed)
    faults.add(*given)
    return [faults.befalling(call) for call in sequence]


@given(st.lists(rules, max_size=4), st.lists(calls, max_size=40), st.integers())
def test_the_same_calls_meet_the_same_faults(
    given: list[Rule], sequence: list[Call], seed: int
) -> None:
    assert injected(given, sequence, seed) == injected(given, sequence, seed)


@given(rules, st.lists(calls, max_size=60), st.integers())
def test_ordinals_count_matches_only(
    rule: Rule, sequence: list[Call], seed: int
) -> None:
    """
    What a rule befalls among its matches is the same if nothing else is called.
    """
    matching = [call for call in sequence if rule.matches(call)]
    among = [
        found
        for call, found in zip(sequence, injected([rule], sequence, seed), strict=True)
        if rule.matches(call)
    ]
    assert among == injected([rule], matching, seed)
    befallen = [number for number, found in enumerate(among, 1) if found is not None]
    if rule.calls is not None:
        assert set(befallen) <= set(rule.calls)


@given(st.lists(rules, max_size=4), st.lists(calls, max_size=60))
def test_a_rule_befalls_no_more_than_it_is_told_to(
    given: list[Rule], sequence: list[Call]
) -> None:
    faults = Faults()
    faults.add(*given)
    for call in sequence:
        faults.befalling(call)
    for told, rule in zip(faults.told(), given, strict=True):
        befell = sum(each["rule"] == told["id"] for each in faults.injected)
        assert befell == told["befell"] <= (rule.times or len(sequence))
        assert told["matched"] == sum(rule.matches(call) for call in sequence)
