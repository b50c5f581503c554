"""Adjacent effects, from a drop to its job."""

from tests.properties.mistakes.pair import (
    ADVICE,
    OTHERS,
    caught,
    commutes,
    needs,
    tested,
)

SUBMISSION = (
    caught("marker", "claim", "marker and claim"),
    commutes(
        "claim",
        "check",
        "a generation never changes: who checks and then loses the claim has read "
        "in vain",
    ),
    caught("check", "copy", "check and copy"),
    commutes(
        "the next piece of the file",
        "renewal of the lease",
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
    caught("HELD", "advice of what is held", "what is held and its advice"),
    needs("check", "freezing", "a rejection says what was found"),
    commutes(
        "renewal of the lease",
        "copy",
        "a claim that is lost meanwhile is found lost as the intent is written, and "
        "the copy is what anybody makes",
    ),
    commutes(
        "copy",
        "note of the route",
        "a note that comes early has the next drop of its route wait for a poll",
    ),
    commutes(
        "copy",
        "HELD",
        "the drain looks for the copy, and has it made again if it is not there",
    ),
    needs("create", "freezing", "a refusal is the answer to the create"),
    needs("create", "note of the route", "what is told is the answer to the create"),
    needs("create", "HELD", "what is written down is the answer to the create"),
)

DRAINING = (
    needs("read of the record", "look-up of a job", "the record says its key"),
    commutes(
        "look-up of a job",
        "look at the staged copy",
        "a job that was made has read its copy, whether or not it is there still",
    ),
    commutes("CLAIMED again", "advice", ADVICE),
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
        "create",
        "word that nothing is held",
        "a word that comes early lets one drop get in front of the last, and what "
        "Vertex AI then holds is told of again",
    ),
    tested(
        "advice of what is held",
        "marker says held no more",
        "tests/unit/test_aged_copies.py::"
        "test_its_marker_says_held_no_more_once_it_is_asked_for",
    ),
    commutes("advice", "marker says held no more", OTHERS),
    commutes("advice", "count of rows", ADVICE),
    commutes(
        "advice",
        "word that nothing is held",
        "the one is told of a drop that has its job, the other of what is left",
    ),
)
