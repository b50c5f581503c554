"""
Which calls a rule befalls, what is kept of that, and how a fault is played.
"""

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from localcloud.faults.faults import Faults
from localcloud.faults.playing import CutConnectionError, play
from localcloud.faults.rules import Call, FaultError, Rule

GET = "storage.objects.get"


def call(service: str = "storage", method: str = GET, resource: str = "b/o") -> Call:
    return Call(service=service, method=method, resource=resource)


def befell(faults: Faults, calls: int) -> list[bool]:
    return [faults.befalling(call()) is not None for _ in range(calls)]


def test_no_pattern_holds_up_a_call() -> None:
    """
    Python's own regular expressions would try for hours.
    """
    rule = Rule(cut=True, resource="(a*)*(/?[^/]*)*X$")
    rule.check()

    assert not rule.fits(call(resource="a" * 50_000))


@pytest.mark.parametrize(
    ("rule", "befalls"),
    [
        (Rule(cut=True), True),
        (Rule(cut=True, service="storage"), True),
        (Rule(cut=True, service="pubsub"), False),
        (Rule(cut=True, method=GET), True),
        (Rule(cut=True, method="*.get"), True),
        (Rule(cut=True, method="storage.objects.list"), False),
        (Rule(cut=True, method="get"), False),
        (Rule(cut=True, resource="/o$"), True),
        (Rule(cut=True, resource="^o"), False),
    ],
)
def test_a_rule_befalls_what_it_matches(rule: Rule, befalls: bool) -> None:
    faults = Faults()
    faults.add(rule)
    assert (faults.befalling(call()) is rule) == befalls
    assert len(faults.injected) == befalls


def test_a_rule_can_be_for_certain_calls() -> None:
    faults = Faults()
    faults.add(Rule(cut=True, calls=(1, 3)))
    assert befell(faults, 4) == [True, False, True, False]


def test_a_rule_can_be_for_some_calls_at_most() -> None:
    faults = Faults()
    faults.add(Rule(cut=True, times=2))
    assert befell(faults, 4) == [True, True, False, False]


def test_a_share_is_drawn_the_same_for_the_same_seed() -> None:
    def drawn(seed: int | None, of_the_cloud: int = 0) -> list[bool]:
        faults = Faults(seed=of_the_cloud)
        faults.add(Rule(cut=True, share=0.3, seed=seed))
        return befell(faults, 1_000)

    assert drawn(1) == drawn(1) == drawn(None, 1) == drawn(1, 2) != drawn(2)
    assert 240 < sum(drawn(1)) < 360


@pytest.mark.parametrize(
    "second",
    [
        Rule(error=FaultError(code=503), share=0.3),
        Rule(cut=True, share=0.3),
        Rule(cut=True, share=0.3, name="other"),
        Rule(cut=True, share=0.3, method=GET),
    ],
)
def test_rules_of_one_seed_draw_each_for_itself(second: Rule) -> None:
    """
    A second rule of the same share befalls its share of what the first one leaves,
    the same whatever was there before.
    """

    def drawn(faults: Faults) -> list[int]:
        ids = faults.add(Rule(cut=True, share=0.3), second)
        before = len(faults.injected)
        befell(faults, 1_000)
        return [ids.index(each["rule"]) for each in list(faults.injected)[before:]]

    once = drawn(Faults(seed=1))
    assert 240 < once.count(0) < 360
    assert 160 < once.count(1) < 260
    used = Faults(seed=1)
    used.add(Rule(delay_seconds=1, resource="other"), Rule(cut=True, share=0.3))
    befell(used, 10)
    used.clear()
    assert drawn(used) == once


def test_a_larger_share_befalls_what_a_smaller_one_does() -> None:
    def drawn(share: float, name: str) -> list[bool]:
        faults = Faults(seed=1)
        faults.add(Rule(cut=True, share=share, name=name))
        return befell(faults, 200)

    small, large = drawn(0.2, "a"), drawn(0.5, "b")
    assert [a and b for a, b in zip(small, large, strict=True)] == small != large


def test_the_first_rule_has_the_call_and_later_ones_still_count_it() -> None:
    faults = Faults()
    first = Rule(cut=True, name="first", calls=(1,))
    second = Rule(cut=True, name="second", calls=(2,))
    faults.add(first, second)
    assert [faults.befalling(call()) for _ in range(3)] == [first, second, None]
    assert [each["name"] for each in faults.injected] == ["first", "second"]


def test_what_was_injected_is_kept_and_written_as_one_line_each(tmp_path: Path) -> None:
    log = tmp_path / "faults.log"
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    faults = Faults(log=log, now=lambda: moment)
    (rule,) = faults.add(Rule(error=FaultError(code=503), calls=(2,), name="busy"))
    befell(faults, 2)
    noted: dict[str, Any] = {
        "time": "2026-03-01T12:00:00Z",
        "service": "storage",
        "method": GET,
        "resource": "b/o",
        "rule": rule,
        "name": "busy",
        "match": 2,
        "happens": {"error": {"code": 503}},
    }
    assert list(faults.injected) == [noted]
    (line,) = log.read_text().splitlines()
    assert json.loads(line) == {"event": "fault_injected"} | noted


def test_no_more_than_a_thousand_are_kept() -> None:
    faults = Faults()
    faults.add(Rule(cut=True))
    befell(faults, 1_100)
    assert len(faults.injected) == 1_000
    assert faults.injected[-1]["match"] == 1_100


def test_rules_are_taken_back_by_id_by_name_or_all() -> None:
    faults = Faults()
    first, *_ = faults.add(Rule(cut=True), Rule(cut=True, name="a"))
    faults.add(Rule(cut=True, name="a"), Rule(cut=True, name="b"))
    assert len({each["id"] for each in faults.told()}) == 4
    assert faults.remove(first) == 1
    assert faults.remove("a") == 2
    assert faults.remove("a") == 0
    assert [rule.name for rule in faults.rules] == ["b"]
    faults.befalling(call())
    faults.clear()
    assert faults.befalling(call()) is None
    assert len(faults.injected) == 1


def test_without_a_rule_about_it_a_service_need_not_look() -> None:
    faults = Faults()
    assert not faults.concern("storage")
    (only,) = faults.add(Rule(cut=True, service="storage"))
    assert faults.concern("storage")
    assert not faults.concern("pubsub")
    faults.add(Rule(cut=True))
    assert faults.concern("pubsub")
    faults.remove(only)
    assert faults.concern("storage")
    faults.clear()
    assert not faults.concern("storage")


class Effect:
    """
    Work that counts how often it was done.
    """

    def __init__(self, refusal: Exception | None = None) -> None:
        self.done = 0
        self.refusal = refusal

    async def __call__(self) -> str:
        self.done += 1
        if self.refusal is not None:
            raise self.refusal
        return "answer"


def played(rule: Rule | None, effect: Effect) -> str:
    def error(told: FaultError) -> Exception:
        return LookupError(told.code)

    return asyncio.run(play(rule, effect, error, refusals=ValueError))


def test_without_a_rule_the_answer_is_the_effects() -> None:
    effect = Effect()
    assert played(None, effect) == "answer"
    assert effect.done == 1


@pytest.mark.parametrize(
    ("rule", "raised"),
    [
        (Rule(error=FaultError(code=503)), LookupError),
        (Rule(cut=True), CutConnectionError),
        (Rule(cut=True, error=FaultError(code=503)), CutConnectionError),
    ],
)
@pytest.mark.parametrize("refusal", [None, ValueError("412")])
@pytest.mark.parametrize("after_effect", [False, True])
def test_an_answer_is_lost_before_or_after_its_effect(
    rule: Rule, raised: type[Exception], refusal: Exception | None, after_effect: bool
) -> None:
    effect = Effect(refusal)
    cut, error = rule.cut, rule.error
    with pytest.raises(raised):
        played(Rule(cut=cut, error=error, after_effect=after_effect), effect)
    assert effect.done == after_effect


@pytest.mark.parametrize("after_effect", [False, True])
def test_an_answer_can_be_late_and_is_given_once(after_effect: bool) -> None:
    effect = Effect()
    began = time.monotonic()
    late = Rule(delay_seconds=0.05, after_effect=after_effect)
    assert played(late, effect) == "answer"
    assert time.monotonic() - began >= 0.05
    assert effect.done == 1
