"""Mistakes that were shown to break the protocol, one at a time."""

from collections.abc import Mapping

from tests.properties.mistakes.mutant import Mutant

PLANTED: Mapping[str, Mutant] = {
    "the claim overwrites": Mutant(
        file="shared/ledger.py",
        story="completed",
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
        story="completed",
        right='        if now <= asked + self.settings.time("settle"):\n',
        wrong="        if now < record.times.claimed:\n",
    ),
    "an orphan marker is dropped": Mutant(
        file="shared/driving.py",
        start="fresh",
        right="            return self._adopt_orphan(marker)\n",
        wrong="            self.markers.close(marker)\n            return True\n",
    ),
    "nobody holds a lease to publish": Mutant(
        file="shared/driving.py",
        start="ended",
        right="                if not self.taking_over.is_left(entry):\n"
        "                    return False\n"
        "                taken = self.taking_over.take(entry, State.PUBLISHING)\n"
        "                if taken:\n"
        "                    self._announce(taken, marker)\n",
        wrong="                self._announce(entry, marker)\n",
    ),
    "the message is made when it is published": Mutant(
        file="shared/closing.py",
        right="            message.data.encode(), message.attributes\n",
        wrong='            f\'{message.data[:-1]},"at":"{self.now()}"}}\'.encode(),\n'
        "            message.attributes,\n",
    ),
    "the record is deleted at the end": Mutant(
        file="shared/driving.py",
        right="        self.markers.close(marker)\n",
        wrong="        self.ledger._objects.delete(\n"
        "            self.settings.state_bucket,\n"
        '            f"rec/{record.drop_id[:2]}/{record.drop_id}.json",\n'
        "            if_generation=entry.generation,\n"
        "        )\n"
        "        self.markers.close(marker)\n",
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
        right="        if not record.needs_no_job:\n            return entry\n",
        wrong="        return entry\n",
    ),
    "the queue is told of for ever": Mutant(
        file="shared/draining.py",
        right="held=bool(held))",
        wrong="held=True)",
    ),
    "a create is begun after its deadline": Mutant(
        file="shared/submission.py",
        start="marked",
        right="        if self.now() >= deadline:\n",
        wrong="        if self.now() < record.times.claimed:\n",
    ),
    "a look at the inbox passes by what has failed": Mutant(
        file="shared/backstop.py",
        story="looked_before",
        right="                then = min(then, version.created)\n",
        wrong="                pass\n",
    ),
    "a look at the inbox counts what came while it looked": Mutant(
        file="shared/backstop.py",
        right="        then = min(found.written, now - "
        'self.settings.time("backstop_grace"))\n',
        wrong="        then = now\n",
    ),
}
