"""The plan of a soak: a function of its seed and its length, and of nothing else."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from tests.soak.acts import (
    FUNCTIONS,
    Acts,
    Cancel,
    Delete,
    Kill,
    Look,
    Release,
    Sleep,
    Spell,
    Tick,
    Upload,
)
from tests.soak.files import GOOD, IGNORED, File, some_file
from tests.soak.spells import GAPS, LANES, Fault
from tests.soak.times import CALM, LONGEST_SLEEP

_FILES_PER_SECOND = 0.8
_STORM = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is done in a soak, in order."""

    seed: int
    seconds: float
    acts: tuple[Acts, ...]

    @property
    def uploads(self) -> list[Upload]:
        """Every file that is to be dropped."""
        return [act for act in self.acts if isinstance(act, Upload)]

    def told(self) -> bytes:
        """The plan as it can be kept and compared: a line of JSON for each act."""
        return b"".join(msgspec.json.encode(act) + b"\n" for act in self.acts)


def plan(seed: int, minutes: float) -> Plan:
    """
    Return what is done in so many minutes; the last of their seconds are calm.

    Each kind of act is drawn by itself, so that one more of a kind changes no other.
    """
    end = max(float(minutes) * 60 - CALM, 10.0)
    acts: list[Acts] = [*_files(seed, end), *_processes(seed, end), *_sweeps(seed, end)]
    for lane, faults in LANES.items():
        acts += _spells(seed, lane, faults, end)
    return Plan(
        seed=seed,
        seconds=end,
        acts=tuple(sorted(acts, key=lambda act: (act.at, msgspec.json.encode(act)))),
    )


def file_of(upload: Upload) -> File:
    """The file that an upload drops."""
    return File(name=upload.name, kind=upload.kind, mark=upload.mark, rows=upload.rows)


def _files(seed: int, end: float) -> Iterator[Acts]:
    chance = random.Random(f"{seed}/files")
    dropped: list[Upload] = []
    storm = chance.uniform(0.3, 0.6) * end
    at = 0.0
    while at < end:
        number = len(dropped)
        file = some_file(chance, number=number, mark=f"{seed} {number}")
        names = [each.name for each in dropped[-9:] if each.kind != IGNORED]
        if names and file.kind != IGNORED and chance.random() < 0.12:
            file = replace(file, name=chance.choice(names))
        dropped.append(_upload(at, number, file))
        yield dropped[-1]
        yield from _sequels(chance, dropped[-1], end)
        if at >= storm:
            storm += 60.0
            for _ in range(_STORM):
                number = len(dropped)
                name, mark = f"demo/storm {number}.jsonl", f"{seed} {number}"
                one = File(name=name, kind=GOOD, mark=mark, rows=1)
                dropped.append(_upload(at, number, one))
                yield dropped[-1]
        at = _later(at, chance.expovariate(_FILES_PER_SECOND))


def _sequels(chance: random.Random, upload: Upload, end: float) -> Iterator[Acts]:
    """What somebody does about a file that has just been dropped."""
    drawn, at = chance.random(), _later(upload.at, chance.uniform(0, 3))
    if upload.kind == IGNORED or at > end:
        return
    if drawn < 0.1:
        for_ever = chance.random() < 0.5
        yield Delete(at=at, number=upload.number, for_ever=for_ever)
    elif drawn < 0.2:
        yield Cancel(at=min(_later(at, 1), end), number=upload.number)


def _processes(seed: int, end: float) -> Iterator[Acts]:
    chance = random.Random(f"{seed}/processes")
    # A longer run kills in its first half only: what grows shows in a long life.
    last_kill = end if end <= 60 else end / 2
    at = 3.0
    while at < end:
        function = chance.choice(FUNCTIONS)
        drawn = chance.random()
        if drawn < 0.4 and at < last_kill:
            yield Kill(at=at, function=function)
        elif drawn < 0.8:
            seconds = round(chance.uniform(0.2, LONGEST_SLEEP), 1)
            yield Sleep(at=at, function=function, seconds=seconds)
        else:
            yield Tick(at=at)
        at = _later(at, chance.uniform(2, 6))
    for number in itertools.count(1):
        if number * 12.0 >= end:
            break
        yield Release(at=number * 12.0)
    yield Release(at=end)


def _sweeps(seed: int, end: float) -> Iterator[Acts]:
    """Far more often than anybody would, so that they meet everything else."""
    chance = random.Random(f"{seed}/looks")
    at = _later(0, chance.uniform(4, 12))
    while at < end:
        yield Look(at=at)
        at = _later(at, chance.uniform(4, 12))


def _spells(
    seed: int, lane: str, faults: Sequence[Fault], end: float
) -> Iterator[Acts]:
    """Each fault of the lane once, in any order, and all of them again."""
    chance = random.Random(f"{seed}/{lane}")
    # A short run has more of everything, or it would have too little.
    short = end <= 60
    longest = 2.5 if short else 4.0
    gap = [seconds / 2 if short else seconds for seconds in GAPS[lane]]
    deck: list[Fault] = []
    at = round(chance.uniform(0, 2), 2)
    while at < end:
        if not deck:
            deck = chance.sample(faults, len(faults))
        seconds = round(min(chance.uniform(1, longest), end - at), 2)
        drawn = deck.pop()
        yield Spell(
            at=at,
            lane=lane,
            seconds=seconds,
            fault={**drawn, "seed": chance.randrange(1_000_000)},
        )
        at = _later(at + seconds, chance.uniform(*gap))


def _upload(at: float, number: int, file: File) -> Upload:
    return Upload(
        at=at,
        number=number,
        name=file.name,
        kind=file.kind,
        mark=file.mark,
        rows=file.rows,
    )


def _later(at: float, seconds: float) -> float:
    return round(at + seconds, 2)
