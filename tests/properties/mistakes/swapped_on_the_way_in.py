"""Adjacent effects swapped, from the event to the job."""

from collections.abc import Mapping

from tests.properties.mistakes.mutant import Mutant

_ORDER = "tests/unit/test_order_of_effects.py"
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
_TELL = """\
        if route:
            # Say it before the record is held, or later drops get ahead. A death in
            # between leaves a note that is stale, which the next drop and the poll
            # after it mend.
            self.notes.tell(route.prefix, held=True)
"""
_HOLD = """\
        entry = self.ledger.move(entry, state=State.HELD, lease_until=None, **changes)
"""
_COUNT = """\
        try:
            counted = self._count(entry, queue)
        except RecordError:
            # The route's note is newer code's: it is the route that waits.
            counted = Brake.ROWS_PER_DAY
        if isinstance(counted, Brake):
            return _Turn(brake=counted)
        # While a route waits, nobody reads what a marker says is held: so before it
        # may have a job, its marker must not say so any more.
"""
_LOOK = """\
        counted, most = None, queue.route and queue.route.limits.rows_per_day
        if queue.route and most and record.checked:
            note = self.notes._read(queue.route.prefix).note
            asked = note.rows if note.day == self.now().date() else 0
            if asked + record.checked.rows > most:
                return _Turn(brake=Brake.ROWS_PER_DAY)
"""
_ASK = """\
        self.markers.unhold(record.drop_id)
        brakes.asked(queue)
        holds_route = self.submission.holding.holds_route(record)
        said = self.submission.create(
            entry, counted=counted, not_after=_last_moment(queue, counted)
        )
"""

WAY_IN: Mapping[str, Mutant] = {
    "marker and claim": Mutant(
        file="shared/claiming.py",
        right="        self.markers.mark(drop, route)\n        now = self.now()\n"
        + _CLAIM_FIRST,
        wrong="        now = self.now()\n"
        + _CLAIM_FIRST
        + "        self.markers.mark(drop, route)\n",
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
        story="completed",
        right="        prepared = self.staging.prepare(entry)\n",
        wrong="        entry = self.ledger.move(\n"
        "            entry,\n"
        "            state=State.SUBMITTING,\n"
        "            create_deadline=self.now()\n"
        '            + self.settings.time("create_deadline"),\n'
        "        )\n"
        "        prepared = self.staging.prepare(entry)\n",
    ),
    "intent and create": Mutant(
        file="shared/submission.py",
        story="completed",
        right="        entry = self.ledger.move(\n"
        "            entry,\n"
        "            state=State.SUBMITTING,\n",
        wrong="        intend = lambda: self.ledger.move(\n"
        "            entry,\n"
        "            state=State.SUBMITTING,\n",
        also=(
            (
                "            job = self.batches.create(request)\n",
                "            job = self.batches.create(request)\n"
                "            entry = intend()\n",
            ),
        ),
    ),
    "the note of a route and what is held": Mutant(
        file="shared/holding.py",
        test=f"{_ORDER}::test_nothing_is_held_before_its_route_says_so",
        right=_TELL + _HOLD,
        wrong=_HOLD + _TELL,
    ),
    "what is held and its advice": Mutant(
        file="shared/holding.py",
        test=f"{_ORDER}::test_a_marker_says_held_only_of_what_is_held",
        right=_HOLD,
        wrong="        now = replace(entry.record, state=State.HELD, **changes)\n"
        "        self.markers.advise(now)\n" + _HOLD,
        also=(
            (
                "from dataclasses import dataclass\n",
                "from dataclasses import dataclass, replace\n",
            ),
        ),
    ),
    "the count of rows and the create": Mutant(
        file="shared/draining.py",
        story="capped",
        right=_COUNT + _ASK,
        wrong=_LOOK + _ASK + "        self._count(entry, queue)\n",
    ),
    "the word that a drop is held no more and its intent": Mutant(
        file="shared/draining.py",
        test="tests/unit/test_queues.py"
        "::test_a_marker_says_held_of_no_drop_that_may_have_a_job",
        right=_ASK,
        wrong="        brakes.asked(queue)\n"
        "        holds_route = self.submission.holding.holds_route(record)\n"
        "        said = self.submission.create(\n"
        "            entry, counted=counted, not_after=_last_moment(queue, counted)\n"
        "        )\n"
        "        self.markers.unhold(record.drop_id)\n",
    ),
}
