"""
A fault played on one call: what happens to it, and in which order.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from localcloud.faults.rules import FaultError, Rule

Answer = TypeVar("Answer")


class CutConnectionError(Exception):
    """
    The connection is to be cut without an answer.
    """


async def play(
    rule: Rule | None,
    effect: Callable[[], Awaitable[Answer]],
    error: Callable[[FaultError], Exception],
    *,
    refusals: type[Exception] = CutConnectionError,
) -> Answer:
    """
    The effect's answer, unless a rule says otherwise.

    Raises what `error` makes of the rule's error, or CutConnectionError. After an
    effect, a refusal (one of `refusals`) is an answer as good as any, and lost too.
    """
    if rule is None:
        return await effect()
    done: list[Answer] = []
    lost = rule.cut or rule.error is not None
    if rule.after_effect:
        # Before the delay: whoever gives up waiting has caused it all the same.
        with contextlib.suppress(*([refusals] if lost else [])):
            done.append(await effect())
    if rule.delay_seconds:
        await asyncio.sleep(rule.delay_seconds)
    if rule.cut:
        raise CutConnectionError
    if rule.error is not None:
        raise error(rule.error)
    return done[0] if done else await effect()
