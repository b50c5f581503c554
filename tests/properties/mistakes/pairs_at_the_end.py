"""Adjacent effects, as a drop ends, and as the inbox is looked at."""

from tests.properties.mistakes.pair import (
    ADVICE,
    OTHERS,
    caught,
    commutes,
    needs,
    tested,
)

CLOSING = (
    needs("get of the job", "freezing", "the message says how the job ended"),
    caught("freezing", "publish", "freezing and publishing"),
    commutes(
        "lease of a take-over",
        "results folder",
        "whoever writes the folder writes what the frozen record says, once",
    ),
    tested(
        "count of a take-over",
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
    commutes("PUBLISHED", "advice of the sweep", ADVICE),
    tested(
        "cancel at the last look",
        "marker's removal",
        "tests/unit/test_last_looks.py::"
        "test_the_marker_stays_until_it_could_be_asked_to_end",
    ),
    tested(
        "last late word",
        "marker's removal",
        "tests/unit/test_lateness.py::test_a_drop_is_not_closed_before_its_word_is_out",
    ),
    caught("freezing", "results folder", "freezing and publishing"),
    needs("results folder", "failures", "they are those of writing it"),
    needs("results folder", "SET_ASIDE", "it is the last failure to write it"),
    commutes("marker's removal", "freezing", OTHERS),
)

BACKSTOP = (
    needs("read of the bookmark", "list of the inbox", "it says where to begin"),
    needs("list of the inbox", "look-up in the ledger", "the list has the names"),
    commutes(
        "look-up in the ledger",
        "claim",
        "the claim decides by itself: the look-up saves a marker that a poll would "
        "have to remove",
    ),
    caught("claim", "bookmark", "a claim and the bookmark of the inbox"),
    commutes("claim", "marker", OTHERS),
)
