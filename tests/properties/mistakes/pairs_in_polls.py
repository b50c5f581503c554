"""Adjacent effects, while a drop waits for its job and is looked after."""

from tests.properties.mistakes.pair import (
    ADVICE,
    OTHERS,
    caught,
    commutes,
    needs,
    tested,
)

POLLING = (
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
        "cancel of twins",
        "twins are cancelled before they are written down",
    ),
    caught(
        "cancel of twins",
        "freezing",
        "the end of twins and that of the job",
    ),
    needs("look-up of a job", "SUBMITTED", "its name comes from the look-up"),
    tested(
        "SUBMITTED with the names of the others",
        "cancel of twins",
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
        "count of a take-over",
        "check",
        "tests/unit/test_counted_failures.py::"
        "test_a_check_that_kills_its_process_each_time_is_set_aside_after_some_tries",
    ),
    needs("look-up of a job", "HELD", "only what has no job is held"),
    commutes("missing since", "advice", ADVICE),
    commutes("failures", "advice", ADVICE),
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
        "publish of a late word",
        "the word that a drop is late and its freezing",
    ),
    caught(
        "lease of a late word",
        "publish of a late word",
        "the lease of a word and the word",
    ),
    caught(
        "publish of a late word",
        "that a late word is out",
        "the word that a drop is late and that it is out",
    ),
    commutes("that a late word is out", "advice", ADVICE),
    caught(
        "SET_ASIDE", "publish of a late word", "what is set aside and the word of it"
    ),
    commutes("advice of what is held", "count of a take-over", OTHERS),
    commutes("cancel of twins", "advice", ADVICE),
    commutes(
        "that a late word is out",
        "SET_ASIDE",
        "each is told of by itself, and subscribers take messages in any order",
    ),
)

REQUEUE = (
    needs("read of the record", "marker", "the record says the drop"),
    caught("marker", "move", "what is put back is marked after it is open"),
    commutes("move", "advice", ADVICE),
)
