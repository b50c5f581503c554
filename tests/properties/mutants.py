"""
Mistakes planted in the real code, one at a time: those of the protocol that were shown
to break it, and every two adjacent effects swapped that do not commute.

`python -m tests.properties.mutants NAME` runs the enumerations on a copy of the code
with that mistake in it, and ends with 0 when a promise was broken.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("functions", "schemas", "shared", "tests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """
    A mistake: in `file`, `right` once becomes `wrong`. `story`: the one whose single
    mishaps show it, where many others would be run before.
    """

    file: str
    right: str
    wrong: str
    story: str = ""


_CLAIM_FIRST = """\
        entry = self.ledger.claim(
            Record(
                drop=drop,
                route=route,
                state=State.CLAIMED,
                owner="",
                lease_until=now + self.settings.time("claim_lease") if stays else None,
                times=Times(claimed=now),
            )
        )
"""
_PUBLISH = """\
        message_id = self.announcements.publish(
            message.data.encode(), message.attributes
        )
"""
_WRITE_PUBLISHED = """\
        now = self.now()
        entry = self.ledger.move(
            entry,
            state=State.PUBLISHED,
            lease_until=None,
            message_id=message_id,
            times=replace(record.times, published=now),
        )
"""
_COUNT = """\
        counted = self._count(entry, line)
        if isinstance(counted, Brake):
            return False, counted
        # While a route waits, nobody reads what a marker says is held: so before it
        # may have a job, its marker must not say so any more.
"""
_LOOK = """\
        counted, most = None, line.route and line.route.limits.rows_per_day
        if line.route and most and record.checked:
            word = self.queues._read(line.route.prefix).word
            asked = word.rows if word.day == self.now().date() else 0
            if asked + record.checked.rows > most:
                return False, Brake.ROWS_PER_DAY
"""
_ASK = """\
        self.ledger.unhold(entry)
        renewed = self.submission.staging.renew(entry)
        if renewed is None:
            return True, None
        brakes.asked(line)
        said = self.submission.create(renewed, counted=counted)
"""

PLANTED: Mapping[str, Mutant] = {
    "the claim overwrites": Mutant(
        file="shared/ledger.py",
        right="            return self._write(record, if_generation=0)\n",
        wrong="            found = self.read(record.drop_id)\n"
        "            known = found.generation if found else 0\n"
        "            return self._write(record, if_generation=known)\n",
    ),
    "no intent is written before the create": Mutant(
        file="shared/submission.py",
        right="            state=State.SUBMITTING,\n",
        wrong="            state=entry.record.state,\n",
    ),
    "a job that was made is not adopted": Mutant(
        file="shared/adopting.py",
        right="        if not found:\n",
        wrong="        if not found or entry:\n",
    ),
    "an unknown outcome is not left to settle": Mutant(
        file="shared/driving.py",
        right='        if self.now() <= asked + self.settings.time("settle"):\n',
        wrong="        if self.now() < asked:\n",
    ),
    "an orphan marker is dropped": Mutant(
        file="shared/driving.py",
        right="            return self._adopt_orphan(marker)\n",
        wrong="            self.ledger.close(marker)\n            return True\n",
    ),
    "nobody holds a lease to publish": Mutant(
        file="shared/driving.py",
        right="                if not _is_over(entry.record.lease_until, now):\n"
        "                    return False\n"
        "                return self._announce(self.closing.take_over(entry), marker)",
        wrong="                return self._announce(entry, marker)",
    ),
    "the message is made when it is published": Mutant(
        file="shared/closing.py",
        right="            message.data.encode(), message.attributes\n",
        wrong='            f\'{message.data[:-1]},"at":"{self.now()}"}}\'.encode(),\n'
        "            message.attributes,\n",
    ),
    "the record is deleted at the end": Mutant(
        file="shared/ledger.py",
        right="        name = marker_name(marker.drop.drop_id)\n        try:\n",
        wrong="        name = marker_name(marker.drop.drop_id)\n        try:\n"
        "            found = self.read(marker.drop.drop_id)\n"
        "            if found:\n"
        "                self._objects.delete(\n"
        "                    self._bucket,\n"
        "                    _record_name(marker.drop.drop_id),\n"
        "                    if_generation=found.generation,\n"
        "                )\n",
    ),
    "a create is repeated blindly": Mutant(
        file="shared/submission.py",
        right="        except CreateUnknownError as error:\n",
        wrong="        except CreateUnknownError as error:\n"
        "            if record.create_tries < 2:\n"
        "                self.create(entry)\n"
        "                return\n",
    ),
    "a twin is left to run": Mutant(
        file="shared/twins.py",
        right="        if not record.job_name:\n            return entry\n",
        wrong="        return entry\n",
    ),
    "the queue is told of for ever": Mutant(
        file="shared/draining.py",
        right="held=bool(held))",
        wrong="held=True)",
    ),
    "a create is begun after its deadline": Mutant(
        file="shared/submission.py",
        right="        if self.now() >= deadline:\n",
        wrong="        if self.now() < record.times.claimed:\n",
    ),
    "a look at the inbox passes by what has failed": Mutant(
        file="shared/backstop.py",
        right="                then = min(then, version.created)\n",
        wrong="",
    ),
    "a look at the inbox counts what came while it looked": Mutant(
        file="shared/backstop.py",
        right="        then = min(found.written, now - "
        'self.settings.time("backstop_grace"))\n',
        wrong="        then = now\n",
    ),
}

SWAPPED: Mapping[str, Mutant] = {
    "marker and claim": Mutant(
        file="shared/submission.py",
        right="        self.ledger.mark(drop, route)\n        now = self.now()\n"
        + _CLAIM_FIRST,
        wrong="        now = self.now()\n"
        + _CLAIM_FIRST
        + "        self.ledger.mark(drop, route)\n",
    ),
    "check and copy": Mutant(
        file="shared/staging.py",
        right="        verdict = Verdict.of(problem) if problem else "
        "self._check(record, lease)\n",
        wrong="        self._stage(record)\n"
        "        verdict = Verdict.of(problem) if problem else "
        "self._check(record, lease)\n",
    ),
    "copy and intent": Mutant(
        file="shared/submission.py",
        right="        prepared = self.staging.prepare(entry)\n",
        wrong="        entry = self.ledger.move(\n"
        "            entry,\n"
        "            state=State.SUBMITTING,\n"
        "            create_deadline=self.now()\n"
        '            + self.settings.time("create_deadline"),\n'
        "        )\n"
        "        prepared = self.staging.prepare(entry)\n",
    ),
    "freezing and publishing": Mutant(
        file="shared/following.py",
        right="        rows = record.checked.rows if record.checked else 0\n",
        wrong="        rows = record.checked.rows if record.checked else 0\n"
        "        if record.message is None:\n"
        "            return entry\n",
    ),
    "drop.json and the message": Mutant(
        file="shared/closing.py",
        right="        self._write_folder(record, message.data)\n",
        wrong="        self.announcements.publish(\n"
        "            message.data.encode(), message.attributes\n"
        "        )\n"
        "        self._write_folder(record, message.data)\n",
    ),
    "the count of rows and the create": Mutant(
        file="shared/draining.py",
        right=_COUNT + _ASK,
        wrong=_LOOK + _ASK + "        self._count(entry, line)\n",
    ),
    "the message and the word that it is out": Mutant(
        file="shared/closing.py",
        right=_PUBLISH + _WRITE_PUBLISHED,
        wrong='        message_id = "unknown"\n' + _WRITE_PUBLISHED + _PUBLISH,
    ),
    "the word that it is out and the marker": Mutant(
        file="shared/driving.py",
        right="        announced = self.closing.announce(entry)\n",
        wrong="        self.ledger.close(marker)\n"
        "        announced = self.closing.announce(entry)\n",
    ),
}

_FREEZE_WORDS = """\
            words = tuple(self.word(record, reason, job) for reason in new)
            entry = self.ledger.move(entry, late=(*record.late, *words))
"""
_WRITE_TWINS = """\
        if new and record.message is None:
            entry = self.ledger.move(entry, in_doubt=True, twins=record.twins + new)
"""
_CANCEL_TWINS = """\
        for job in twins:
            if job.state is JobState.CANCELLING:
                continue
            self._cancel(record.drop_id, job)
"""
_MARK_AGAIN = """\
    # An open record has a marker, whatever became of this one's.
    ledger.mark(record.drop, record.route)
"""
_MOVE_BACK = """\
    entry = ledger.move(entry, state=record.set_aside_from, set_aside_from=None)
"""

BESIDE: Mapping[str, Mutant] = {
    "the word that a drop is late and its freezing": Mutant(
        file="shared/lateness.py",
        story="late",
        right=_FREEZE_WORDS,
        wrong="            words = tuple(\n"
        "                replace(\n"
        "                    word,\n"
        "                    message_id=self.announcements.publish(\n"
        "                        word.message.data.encode(), word.message.attributes\n"
        "                    ),\n"
        "                )\n"
        "                for word in (self.word(record, r, job) for r in new)\n"
        "            )\n"
        "            entry = self.ledger.move(entry, late=(*record.late, *words))\n",
    ),
    "twins are cancelled before they are written down": Mutant(
        file="shared/twins.py",
        right=_WRITE_TWINS + _CANCEL_TWINS,
        wrong=_CANCEL_TWINS + _WRITE_TWINS,
    ),
    "what is put back is marked after it is open": Mutant(
        file="shared/setting_aside.py",
        story="set_aside",
        right=_MARK_AGAIN + _MOVE_BACK,
        wrong=_MOVE_BACK + _MARK_AGAIN,
    ),
}

MUTANTS = {**PLANTED, **SWAPPED, **BESIDE}


@contextlib.contextmanager
def planted(mutant: Mutant) -> Iterator[Path]:
    """
    Have a copy of the code with this mistake in it; where it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in _COPIED:
            ignore = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(_ROOT / name, root / name, ignore=ignore)
        file = root / mutant.file
        text = file.read_text()
        if text.count(mutant.right) != 1:
            raise ValueError(f"{mutant.file} does not hold this once:\n{mutant.right}")
        file.write_text(text.replace(mutant.right, mutant.wrong))
        yield root


def is_caught(mutant: Mutant) -> str:
    """
    Run the enumerations on a copy of the code with this mistake in it; return what
    broke first, or nothing.
    """
    with planted(mutant) as root:
        done = subprocess.run(
            [sys.executable, "-m", "tests.properties.breaking", mutant.story],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        broke = done.stdout.strip()
        if done.returncode != (1 if broke else 0):
            raise RuntimeError(f"this mistake makes no program: {done.stderr}")
        return broke


def main() -> int:
    """Plant the mistake that is named, or each."""
    names = sys.argv[1:] or list(MUTANTS)
    missed = 0
    for name in names:
        broke = is_caught(MUTANTS[name])
        print(f"{name}: {broke[:100] or 'NOT CAUGHT'}")
        missed += not broke
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
