"""Adjacent effects swapped, from the end of a job to the end of its drop."""

from collections.abc import Mapping

from tests.properties.mistakes.mutant import Mutant

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
_FREEZE = """\
        entry = self.ledger.move(
            entry,
            state=State.PUBLISHING,
"""
_WRITE_DROP_JSON = """\
        self._write_once(folder + DROP_JSON, data.encode())
"""
_WRITE_POINTER = """\
        self._write_once(
            pointer_name(record.drop),
            pointer(record, results_bucket=self.settings.results_bucket),
        )
"""

AT_THE_END: Mapping[str, Mutant] = {
    "freezing and publishing": Mutant(
        file="shared/freezing.py",
        story="completed",
        # Made on the spot, published, and frozen by the write that says it is out.
        right=_FREEZE,
        wrong="        entry = (_made if announcing else self.ledger.move)(\n"
        "            entry,\n"
        "            state=State.PUBLISHING,\n",
        also=(
            (
                "@dataclass(",
                "def _made(entry, **changes):\n"
                "    return replace(entry, record=replace(entry.record, **changes))\n"
                "\n\n@dataclass(",
            ),
        ),
    ),
    "the report and drop.json": Mutant(
        file="shared/closing.py",
        story="rejected",
        right="        if record.report:\n",
        wrong=_WRITE_DROP_JSON + "        if record.report:\n",
    ),
    "drop.json and its pointer": Mutant(
        file="shared/closing.py",
        right=_WRITE_DROP_JSON + _WRITE_POINTER,
        wrong=_WRITE_POINTER + _WRITE_DROP_JSON,
    ),
    "the pointer and the message": Mutant(
        file="shared/closing.py",
        right=_WRITE_POINTER,
        wrong="",
        also=((_PUBLISH, _PUBLISH + _WRITE_POINTER),),
    ),
    "drop.json and the message": Mutant(
        file="shared/closing.py",
        right="        self._write_folder(record, message.data)\n",
        wrong="        self.announcements.publish(\n"
        "            message.data.encode(), message.attributes\n"
        "        )\n"
        "        self._write_folder(record, message.data)\n",
    ),
    "the message and the word that it is out": Mutant(
        file="shared/closing.py",
        start="publishing",
        right=_PUBLISH + _WRITE_PUBLISHED,
        wrong='        message_id = "unknown"\n' + _WRITE_PUBLISHED + _PUBLISH,
    ),
    "the word that it is out and the marker": Mutant(
        file="shared/driving.py",
        start="ended",
        right="        announced = self.closing.announce(entry)\n",
        wrong="        self.markers.close(marker)\n"
        "        announced = self.closing.announce(entry)\n",
    ),
}
