"""
The stories come by every place in the code from which a call goes out, and take a drop
from each state to each that may come next.
"""

import ast
from collections.abc import Iterator

from shared.records import decode_record
from tests.properties.befalling import MISHAPS
from tests.properties.sites import (
    SHARED,
    OnCall,
    frames,
    function_of,
    module_of,
    play_stories,
)
from tests.properties.world import World

# Nothing comes by these but after a mishap: pairs of mishaps befall them.
AFTER_A_MISHAP = {
    "closing.Closing._write_once: objects.list",
    "markers.Markers.route: objects.read",
    "staging.Staging._expect_gone: objects.stream",
    "staging.Staging._stage: objects.info",
}

# What may come next in a record that nothing befalls; a job of what is held that comes
# to light is a matter of schedules (from `held_in_doubt`).
STEPS = {
    "": ["claimed"],
    "claimed": ["held", "submitting", "publishing", "set_aside"],
    "held": ["submitting", "claimed", "set_aside"],
    "submitting": ["submitted", "held", "publishing", "set_aside"],
    "submitted": ["publishing", "set_aside"],
    "publishing": ["published", "set_aside"],
    "set_aside": ["claimed", "held", "submitting", "submitted", "publishing"],
}


def test_stories_come_by_every_call() -> None:
    passed: set[str] = set()
    play_stories(lambda _: lambda call: passed.add(_site(call)))

    assert _sites() - AFTER_A_MISHAP == passed


def test_stories_take_every_step_from_one_state_to_another() -> None:
    taken: set[tuple[str, str]] = set()

    def looker(world: World) -> OnCall:
        before: dict[str, str] = {}

        def look(_: str) -> None:
            for drop_id, state in _states(world):
                if before.get(drop_id, "") != state:
                    taken.add((before.get(drop_id, ""), state))
                before[drop_id] = state

        return look

    play_stories(looker)

    assert taken == {
        (before, after) for before, afters in STEPS.items() for after in afters
    }


def _states(world: World) -> Iterator[tuple[str, str]]:
    for (bucket, name), stored in world.cloud.objects.live.items():
        if bucket == "state" and name.startswith("rec/"):
            drop_id = name.removesuffix(".json").rpartition("/")[2]
            yield drop_id, decode_record(stored.content, drop_id).state


def _site(call: str) -> str:
    """Where in the code the call that is being made comes from."""
    frame = next(frames())
    return f"{module_of(frame)}.{function_of(frame)}: {call.partition(' ')[0]}"


def _sites() -> set[str]:
    """Every method or function that calls a port, and what it calls."""
    return {
        f"{path.stem}.{function}: {call}"
        for path in SHARED.glob("*.py")
        for function, body in _functions(ast.parse(path.read_text(encoding="utf-8")))
        for call in _calls(body)
    }


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    yield f"{node.name}.{each.name}", each


def _calls(body: ast.AST) -> Iterator[str]:
    for node in ast.walk(body):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(attr=port) | ast.Name(id=port), attr=method
                )
            ) if f"{port.lstrip('_')}.{method}" in MISHAPS:
                yield f"{port.lstrip('_')}.{method}"
            case _:
                pass
