"""What a service may say of itself."""

from typing import Any

import pytest

from localcloud.coverage import Covered, NotSimulated


def test_a_claim_says_what_how_sure_and_who_says_so() -> None:
    claim = Covered("lists are in order", "likely", "https://example.com/lists")

    assert (claim.what, claim.how_sure) == ("lists are in order", "likely")


@pytest.mark.parametrize("text", ["", "  ", "one\ntwo", "one\u2028two"])
def test_what_is_not_one_line_is_no_cell_of_a_table(text: str) -> None:
    with pytest.raises(ValueError, match="not one line"):
        Covered(text, "sure", "a source")
    with pytest.raises(ValueError, match="not one line"):
        Covered("something", "sure", text)
    with pytest.raises(ValueError, match="not one line"):
        NotSimulated(text, "a reason")


def test_nobody_is_sure_in_words_of_their_own() -> None:
    doubt: Any = "certain"

    with pytest.raises(ValueError, match="'certain'"):
        Covered("something", doubt, "a source")
