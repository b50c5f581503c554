"""Adjacent effects swapped, while a drop waits for its job and is looked after."""

from collections.abc import Mapping

from tests.properties.mistakes.mutant import Mutant

_FREEZE_WORDS = """\
            frozen = tuple(self.freeze(record, reason, job) for reason in new)
            entry = self.ledger.move(entry, late=(*record.late, *frozen))
"""
_PUBLISH_WORD = """\
            message_id = self.announcements.publish(
                message.data.encode(), message.attributes
            )
"""
_TAKE_WORD = """\
                entry = self._change(entry, late.reason, lease_until=until)
"""
_WORD_IS_OUT = """\
            entry = self._change(entry, late.reason, message_id=message_id)
"""
_SET_ASIDE = """\
        entry = self.ledger.move(
            entry,
            state=State.SET_ASIDE,
"""
_WRITE_TWINS = """\
        if named != record.twins and record.message is None:
            entry = self.ledger.move(entry, in_doubt=True, twins=named)
"""
_CANCEL_TWINS = """\
        self.end(record, twins)
"""
_MARK_AGAIN = """\
    # An open record has a marker, whatever became of this one's.
    markers.mark(record.drop, record.route)
"""
_MOVE_BACK = """\
    # Its creates are counted anew, or one without an answer would set it aside again.
    entry = ledger.move(
        entry,
        state=record.set_aside_from,
        set_aside_from=None,
        missing_looks=(),
        create_tries=record.hold_tries,
    )
"""

IN_POLLS: Mapping[str, Mutant] = {
    "the word that a drop is late and its freezing": Mutant(
        file="shared/lateness.py",
        start="late",
        right=_FREEZE_WORDS,
        wrong="            frozen = tuple(\n"
        "                replace(\n"
        "                    word,\n"
        "                    message_id=self.announcements.publish(\n"
        "                        word.message.data.encode(), word.message.attributes\n"
        "                    ),\n"
        "                )\n"
        "                for word in (self.freeze(record, r, job) for r in new)\n"
        "            )\n"
        "            entry = self.ledger.move(entry, late=(*record.late, *frozen))\n",
    ),
    "the lease of a word and the word": Mutant(
        file="shared/lateness.py",
        start="late",
        right=_TAKE_WORD,
        wrong="",
        also=(
            (
                _WORD_IS_OUT,
                "            if late.reason not in ours:\n"
                "                entry = self._change(\n"
                "                    entry, late.reason, lease_until=until\n"
                "                )\n" + _WORD_IS_OUT,
            ),
        ),
    ),
    "the word that a drop is late and that it is out": Mutant(
        file="shared/lateness.py",
        story="late",
        right=_PUBLISH_WORD + _WORD_IS_OUT,
        wrong='            message_id = "unknown"\n' + _WORD_IS_OUT + _PUBLISH_WORD,
    ),
    "what is set aside and the word of it": Mutant(
        file="shared/setting_aside.py",
        story="set_aside",
        right=_SET_ASIDE,
        wrong="        words = tuple(\n"
        "            replace(\n"
        "                word,\n"
        "                message_id=self.lateness.announcements.publish(\n"
        "                    word.message.data.encode(), word.message.attributes\n"
        "                ),\n"
        "            )\n"
        "            for word in self._message(record)\n"
        "        )\n" + _SET_ASIDE,
        also=(
            ("*self._message(record)),\n", "*words),\n"),
            (
                "from dataclasses import dataclass\n",
                "from dataclasses import dataclass, replace\n",
            ),
        ),
    ),
    "twins are cancelled before they are written down": Mutant(
        file="shared/twins.py",
        story="made_twice",
        right=_WRITE_TWINS + _CANCEL_TWINS,
        wrong=_CANCEL_TWINS + _WRITE_TWINS,
    ),
    "the end of twins and that of the job": Mutant(
        file="shared/driving.py",
        test="tests/unit/test_order_of_effects.py::test_a_twin_that_is_first_seen_"
        "when_the_job_has_ended_is_in_the_message",
        right="        entry = self.twins.cancel(entry, jobs)\n",
        wrong="",
        also=(
            (
                "                return ended is not None and ",
                "                self.twins.cancel(ended or entry, jobs)\n"
                "                return ended is not None and ",
            ),
        ),
    ),
    "what is put back is marked after it is open": Mutant(
        file="shared/setting_aside.py",
        story="set_aside",
        right=_MARK_AGAIN + _MOVE_BACK,
        wrong=_MOVE_BACK + _MARK_AGAIN,
    ),
    "a claim and the bookmark of the inbox": Mutant(
        file="shared/backstop.py",
        story="looked_before",
        right="        then, place = bookmark.then, NOWHERE\n",
        wrong="        then, place = bookmark.then, NOWHERE\n"
        "        write_bookmark(\n"
        "            self.objects,\n"
        "            self.settings.state_bucket,\n"
        "            Bookmark(until=then, then=then),\n"
        "            instead_of=found,\n"
        "        )\n",
    ),
}
