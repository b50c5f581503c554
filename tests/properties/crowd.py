"""
Many drops at once, on a Cloud Storage as it really is (`tests/storage_weather.py`):
good and bad ones, overwritten and deleted ones, versions, soft-deleted generations that
are restored, ones that vanish between their check and their copy, or right after it,
one whose route is switched off. While a list turns its pages, others go on: events
come, ticks, uploaders.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shared.drops import Drop
from shared.jobs import JobRequest
from tests.fakes import ROW
from tests.properties.holding import Broken, check
from tests.properties.stormy_world import StormyWorld
from tests.storage_weather import Weather

_ROUNDS_SWITCHED_OFF = 4
_CONTENTS = tuple(ROW.replace(b"hello", word) for word in (b"one", b"two", b"three"))
_BILLED = "completed"


@dataclass
class Crowd:
    """The drops of one run, and how each may end."""

    world: StormyWorld
    weather: Weather
    chance: random.Random
    endings: dict[Drop, set[str]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    fleeting: set[str] = field(default_factory=set)
    needless: dict[str, Drop] = field(default_factory=dict)
    vanished: set[str] = field(default_factory=set)
    meanwhile: int = 0
    busy: bool = False

    @classmethod
    def of(cls, seed: int) -> "Crowd":
        weather = Weather(seed=seed)
        world = StormyWorld.under(weather)
        crowd = cls(
            world=world,
            weather=weather,
            chance=random.Random(f"crowd {seed}"),  # to be repeated, not to be secret
        )
        objects, batches = world.cloud.objects, world.cloud.batches
        if crowd.chance.random() < 0.5:
            # As strictly as Google may tell who may not overwrite.
            objects.kept = {"work", "results"}
        objects.on_copy, objects.on_page = crowd._vanish, crowd._meanwhile
        waiting = objects.on_change

        def changed(bucket: str, name: str) -> None:
            waiting(bucket, name)
            crowd._forget_once_copied(bucket, name)

        objects.on_change = changed
        watched = batches.on_create

        def created(request: JobRequest) -> None:
            watched(request)
            crowd._expect_what_was_dropped(request)

        batches.on_create = created
        return crowd

    def drop(self, name: str, content: bytes, *endings: str) -> Drop:
        """Upload a file whose drop is to end in one of these ways."""
        drop = self.world.drop(content, name)
        self.expect(drop, content, *endings)
        return drop

    def expect(self, drop: Drop, content: bytes, *endings: str) -> None:
        self.endings[drop], self.contents[drop.drop_id] = set(endings), content

    def run(self) -> None:
        """Drop everything, bring its events in any order, and wait for all to end."""
        for number, kind in enumerate(self.chance.sample(_KINDS, len(_KINDS))):
            kind(self, f"{number:02} {kind.__name__}.jsonl")
        self.chance.shuffle(self.world.pending)
        cloud = self.world.cloud
        for _ in range(_ROUNDS_SWITCHED_OFF):
            self.world.deliver()
            self.world.tick()
            cloud.batches.finish()
            cloud.wait(60)
        cloud.change(routes=cloud.settings.routes_json.replace("false", "true"))
        self.world.until_quiet()
        self.world.again()

    def check(self) -> Mapping[str, str]:
        """Assert what is promised, and that no fault changed how a drop ends."""
        drops = list(self.endings)
        ended = check(self.world.cloud, drops, mishaps=True)
        jobs = Counter(
            job.key.partition("-")[0] for job in self.world.cloud.batches.jobs.values()
        )
        for drop, endings in self.endings.items():
            how = ended[f"{drop.name}#{drop.generation}"]
            assert how in endings, f"{drop.name}#{drop.generation} ended {how}"
            assert jobs[drop.drop_id] == (1 if how == _BILLED else 0), drop.name
        return ended

    def _vanish(self, bucket: str, name: str) -> None:
        if name in self.fleeting:
            self.vanished.add(name)
            self.world.cloud.objects.remove(bucket, name, for_ever=True)

    def _forget_once_copied(self, bucket: str, name: str) -> None:
        drop = self.needless.get(name.partition("/")[0])
        if bucket == "work" and drop:
            self.world.cloud.objects.remove(drop.bucket, drop.name, for_ever=True)

    def _meanwhile(self) -> None:
        """Between two pages of a list somebody else may do anything."""
        if self.busy:
            return
        self.busy = True
        self.meanwhile += 1
        try:
            match self.chance.randrange(4):
                case 0:
                    self.world.tick()
                case 1:
                    self.world.bring(self.chance.choice(list(self.endings)))
                case 2:
                    self._upload_again()
        finally:
            self.busy = False

    def _upload_again(self) -> None:
        """Overwrite, or delete, what some earlier drop was; versions stay."""
        fickle = [d for d in self.endings if "fickle" in d.name]
        drop = self.chance.choice(fickle)
        if len(fickle) < 4 and self.chance.random() < 0.5:
            content = self.chance.choice(_CONTENTS)
            self.drop(drop.name, content, _BILLED)
        else:
            self.world.cloud.objects.remove(drop.bucket, drop.name)

    def _expect_what_was_dropped(self, request: JobRequest) -> None:
        bucket, _, name = request.input_uri.removeprefix("gs://").partition("/")
        staged = self.world.cloud.objects.content(bucket, name)
        if staged != self.contents[name.partition("/")[0]]:
            raise Broken(f"{name} is not what was dropped")


def good(crowd: Crowd, name: str) -> None:
    crowd.drop(f"in/{name}", crowd.chance.choice(_CONTENTS), _BILLED)


def bad(crowd: Crowd, name: str) -> None:
    crowd.drop(f"in/{name}", ROW + b"{}\n", "no_request")


def overwritten(crowd: Crowd, name: str) -> None:
    for content in _CONTENTS[:2]:
        crowd.drop(f"in/{name}", content, _BILLED)


def deleted(crowd: Crowd, name: str) -> None:
    drop = crowd.drop(f"world/{name}", ROW, _BILLED)
    crowd.world.cloud.objects.remove(drop.bucket, drop.name)


def unheard(crowd: Crowd, name: str) -> None:
    """Its event never comes."""
    crowd.world.lose(crowd.drop(f"in/{name}", ROW, _BILLED))


def gone(crowd: Crowd, name: str) -> None:
    drop = crowd.drop(f"in/{name}", ROW, "superseded")
    crowd.world.cloud.objects.remove(drop.bucket, drop.name, for_ever=True)


def restored(crowd: Crowd, name: str) -> None:
    """What was soft-deleted is another generation when it comes back."""
    drop = crowd.drop(f"in/{name}", ROW, "superseded")
    objects = crowd.world.cloud.objects
    objects.remove(drop.bucket, drop.name, for_ever=True)
    info = objects.restore(drop.bucket, drop.name, drop.generation)
    again = replace(drop, generation=info.generation)
    crowd.world.pending.append(again)
    crowd.expect(again, ROW, _BILLED)


def vanishing(crowd: Crowd, name: str) -> None:
    """It is there for its check, and for ever gone before it is copied."""
    crowd.fleeting.add(crowd.drop(f"in/{name}", ROW, "superseded").name)


def gone_once_copied(crowd: Crowd, name: str) -> None:
    """What is staged runs, however often its check begins again."""
    drop = crowd.drop(f"in/{name}", ROW, _BILLED)
    crowd.needless[drop.drop_id] = drop


def held(crowd: Crowd, name: str) -> None:
    crowd.drop(f"off/{name}", ROW, _BILLED)


def fickle(crowd: Crowd, name: str) -> None:
    crowd.drop(f"in/{name}", ROW, _BILLED)


_KINDS: list[Callable[[Crowd, str], None]] = [
    *(good, good, bad, overwritten, deleted, deleted, unheard, unheard, gone),
    *(restored, vanishing, vanishing, gone_once_copied, gone_once_copied),
    *(held, fickle),
]
