"""
Every two outward effects that come right after one another, by the part that has
them, and what becomes of it if they are swapped: a mistake that is planted shows it, or
a test does; or the two commute; or they can't be swapped, since one `needs` the other.

A write that fails and is repeated, a log line and the clock are no effects.
"""

from collections.abc import Mapping

from tests.properties.mistakes.pair import Pair
from tests.properties.mistakes.pairs_at_the_end import BACKSTOP, CLOSING
from tests.properties.mistakes.pairs_in_polls import POLLING, REQUEUE
from tests.properties.mistakes.pairs_on_the_way_in import DRAINING, SUBMISSION

PAIRS: Mapping[str, tuple[Pair, ...]] = {
    "submission": SUBMISSION,
    "draining": DRAINING,
    "polling": POLLING,
    "requeue": REQUEUE,
    "closing": CLOSING,
    "backstop": BACKSTOP,
}

# What the pairs call the changes that calls make, by who makes them and how. One place
# may have several, and some are of one write.
EFFECTS: Mapping[str, tuple[str, ...]] = {
    "backstop.look: bookmark.write_bookmark": ("bookmark",),
    "claiming.claim: ledger.claim": ("claim",),
    "claiming.claim: markers.mark": ("marker",),
    "closing._write_once: objects.write": (
        "results folder",
        "report",
        "drop.json",
        "pointer",
    ),
    "closing.announce: announcements.publish": ("publish",),
    "closing.announce: ledger.move": ("PUBLISHED",),
    "draining._count: route_notes.count": ("count of rows",),
    "draining._take: markers.unhold": ("marker says held no more",),
    "draining._tell: route_notes.tell": ("word that nothing is held",),
    "driving._close: markers.advise": ("advice of the sweep",),
    "driving._close: markers.close": ("marker's removal",),
    "driving._look_after: markers.advise_if_news": ("advice",),
    "following._missing: ledger.move": ("missing since",),
    "following._missing: markers.advise": ("advice",),
    "following.follow: markers.advise_if_news": ("advice",),
    "freezing.end: ledger.move": ("freezing",),
    "holding._hold: ledger.move": ("HELD",),
    "holding._hold: markers.advise": ("advice of what is held",),
    "holding._hold: route_notes.tell": ("note of the route",),
    "lateness._change: ledger.move": (
        "lease of a late word",
        "that a late word is out",
    ),
    "lateness.look: ledger.move": ("freezing of a late word",),
    "lateness.tell: announcements.publish": ("publish of a late word",),
    "leases.keep: ledger.move": ("renewal of the lease",),
    "setting_aside.count: ledger.move": ("failures",),
    "setting_aside.count: markers.advise": ("advice",),
    "setting_aside.put_back: ledger.move": ("move",),
    "setting_aside.put_back: markers.advise": ("advice",),
    "setting_aside.put_back: markers.mark": ("marker",),
    "setting_aside.set_aside: ledger.move": ("SET_ASIDE",),
    "setting_aside.set_aside: markers.advise": ("advice",),
    "staging._stage: objects.copy": ("copy",),
    "staging._check: objects.stream": ("check", "the next piece of the file"),
    "submission.carry_on: markers.doubt": ("word of a doubt",),
    "submission.create: batches.create": ("create",),
    "submission.create: ledger.move": ("intent",),
    "submission.submitted: ledger.move": ("SUBMITTED",),
    "submission.submitted: markers.advise": ("advice",),
    "taking_over.take: ledger.move": (
        "lease of a take-over",
        "count of a take-over",
    ),
    "twins._cancel: batches.cancel": ("cancel of twins",),
    "twins.cancel: ledger.move": ("names of twins",),
}
