"""
Every two outward effects that come right after one another, by the module that has
them, and what becomes of it if they are swapped: a mistake that is planted shows it, or
a test does; or the two commute; or they can't be swapped, since one `needs` the other.

A write that fails and is repeated, a log line and the clock are no effects.
"""

from collections.abc import Mapping

from tests.properties.mistakes.pair import Pair, caught, commutes, needs, tested

_ADVICE = "advice is best effort, and a poll that reads the record says it again"

PAIRS: Mapping[str, tuple[Pair, ...]] = {
    "submission": (
        caught("marker", "claim", "marker and claim"),
        commutes(
            "claim",
            "check",
            "a generation never changes: who checks and then loses the claim has read "
            "in vain",
        ),
        caught("check", "copy", "check and copy"),
        commutes(
            "renewal of the lease",
            "the next piece of the file",
            "a claim that is lost meanwhile is found lost at the next renewal, and "
            "what was read in between was read in vain",
        ),
        commutes(
            "copy",
            "read of the route's note",
            "the copy depends on the drop alone, and the word is advice that may be "
            "stale already",
        ),
        caught("copy", "intent", "copy and intent"),
        commutes(
            "read of the route's note",
            "intent",
            "a death between them would have a drop settle that nobody asked for, and "
            "then be held all the same",
        ),
        caught("intent", "create", "intent and create"),
        needs("create", "SUBMITTED", "the job's name comes from the create"),
        needs("create", "word of a doubt", "only a create without an answer has one"),
        commutes(
            "SUBMITTED",
            "advice",
            "while the job is active nothing is to be done, and when it has left the "
            "list the record is read and settled",
        ),
        caught("note of the route", "HELD", "the note of a route and what is held"),
        caught("HELD", "advice", "what is held and its advice"),
    ),
    "draining": (
        needs("read of the record", "look-up of a job", "the record says its key"),
        commutes(
            "look-up of a job",
            "look at the staged copy",
            "a job that was made has read its copy, whether or not it is there still",
        ),
        commutes("CLAIMED again", "advice", _ADVICE),
        commutes(
            "look at the staged copy",
            "count of rows",
            "rows that are counted for a drop that has to be checked again are too "
            "many, which a cap allows for, and too few they never are",
        ),
        tested(
            "look-up of a job",
            "intent",
            "tests/unit/test_queues.py::"
            "test_a_job_that_comes_to_light_while_its_drop_is_held_is_adopted",
        ),
        commutes(
            "count of rows",
            "marker says held no more",
            "the one leaves rows that nobody asks for, the other has the drop read "
            "once more: neither undoes the other",
        ),
        caught("count of rows", "create", "the count of rows and the create"),
        tested(
            "look at the staged copy",
            "intent",
            "tests/unit/test_aged_copies.py::"
            "test_a_copy_that_has_aged_out_is_made_again_before_the_create",
        ),
        caught(
            "marker says held no more",
            "intent",
            "the word that a drop is held no more and its intent",
        ),
        commutes(
            "last create",
            "word that nothing is held",
            "a word that comes early lets one drop get in front of the last, and what "
            "Vertex AI then holds is told of again",
        ),
    ),
    "polling": (
        needs(
            "list of markers",
            "list of jobs",
            "markers say in which locations there may be jobs",
        ),
        needs("list of jobs", "first drive", "what is driven depends on the list"),
        commutes(
            "last drive",
            "first create of the drain",
            "each is of a drop of its own; some ticks go backwards",
        ),
        commutes(
            "last create of the drain",
            "look at strays",
            "strays are of drops without a marker, and creates of those with one",
        ),
        commutes(
            "missing since is no more",
            "freezing of a late word",
            "each is a swap of the same record, and reads what the other wrote",
        ),
        tested(
            "freezing of a late word",
            "failures are no more",
            "tests/unit/test_late_last.py::"
            "test_one_that_fails_only_as_it_is_looked_at_for_being_late_is_set_aside",
        ),
        commutes(
            "missing since",
            "freezing of a late word",
            "a word is of the time that is over, and what is written down of its job",
        ),
        caught(
            "names of twins",
            "their cancel",
            "twins are cancelled before they are written down",
        ),
        caught(
            "cancel of twins",
            "end of the job",
            "the end of twins and that of the job",
        ),
        needs("look-up of a job", "SUBMITTED", "its name comes from the look-up"),
        tested(
            "SUBMITTED with the names of the others",
            "their cancel",
            "tests/unit/test_order_of_effects.py::"
            "test_the_others_of_an_adopted_job_are_named_before_they_are_ended",
        ),
        commutes(
            "lease of a take-over",
            "check",
            "two that check beside each other find the same, and the record's swap "
            "after it lets one of them go on",
        ),
        tested(
            "failure of a take-over",
            "check",
            "tests/unit/test_counted_failures.py::"
            "test_a_check_that_kills_its_process_each_time_is_set_aside_after_some_tries",
        ),
        needs("look-up of a job", "HELD", "only what has no job is held"),
        commutes("missing since", "advice", _ADVICE),
        commutes("failures", "advice", _ADVICE),
        tested(
            "advice",
            "freezing of a late word",
            "tests/unit/test_late_last.py::"
            "test_a_drop_whose_word_can_not_go_out_is_tried_as_seldom_as_any_other",
        ),
        tested(
            "look-up of a job",
            "freezing of a late word",
            "tests/unit/test_late_last.py::"
            "test_a_job_that_comes_to_light_is_adopted_before_its_drop_is_told_of",
        ),
        caught(
            "freezing of a late word",
            "its publish",
            "the word that a drop is late and its freezing",
        ),
        caught(
            "lease of a late word", "its publish", "the lease of a word and the word"
        ),
        caught(
            "publish of a late word",
            "that it is out",
            "the word that a drop is late and that it is out",
        ),
        commutes("that a late word is out", "advice", _ADVICE),
        caught(
            "SET_ASIDE", "publish of its word", "what is set aside and the word of it"
        ),
    ),
    "requeue": (
        needs("read of the record", "marker", "the record says the drop"),
        caught("marker", "move", "what is put back is marked after it is open"),
        commutes("move", "advice", _ADVICE),
    ),
    "closing": (
        needs("get of the job", "freezing", "the message says how the job ended"),
        caught("freezing", "publish", "freezing and publishing"),
        commutes(
            "lease of a take-over",
            "results folder",
            "whoever writes the folder writes what the frozen record says, once",
        ),
        tested(
            "failure of a take-over",
            "results folder",
            "tests/unit/test_counted_failures.py::"
            "test_a_folder_that_kills_its_process_each_time_is_set_aside_after_some_tries",
        ),
        caught("report", "drop.json", "the report and drop.json"),
        caught("drop.json", "pointer", "drop.json and its pointer"),
        caught("drop.json", "publish", "drop.json and the message"),
        caught("pointer", "publish", "the pointer and the message"),
        caught("publish", "PUBLISHED", "the message and the word that it is out"),
        caught(
            "PUBLISHED",
            "marker's removal",
            "the word that it is out and the marker",
        ),
        commutes("PUBLISHED", "advice of the sweep", _ADVICE),
        tested(
            "cancel at the last look",
            "marker's removal",
            "tests/unit/test_last_looks.py::"
            "test_the_marker_stays_until_it_could_be_asked_to_end",
        ),
        tested(
            "last late word",
            "marker's removal",
            "tests/unit/test_lateness.py::"
            "test_a_drop_is_not_closed_before_its_word_is_out",
        ),
    ),
    "backstop": (
        needs("read of the bookmark", "list of the inbox", "it says where to begin"),
        needs("list of the inbox", "look-up in the ledger", "the list has the names"),
        commutes(
            "look-up in the ledger",
            "claim",
            "the claim decides by itself: the look-up saves a marker that a poll would "
            "have to remove",
        ),
        caught("claim", "bookmark", "a claim and the bookmark of the inbox"),
    ),
}
