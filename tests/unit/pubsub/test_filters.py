from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.pubsub.refusals import Code, RefusedError
from localcloud.pubsub.resources.filters import parse_filter

ATTRIBUTES = {
    "ce-type": "dev.dropbatch.drop.completed.v1",
    "outcome": "completed",
    "route": "invoices/2026",
    "iana.org/language_tag": "en",
    "AND": "a word of the grammar",
    "quoted": 'say "hi" \\ \n é',
    "empty": "",
}

WANTED = [
    "",
    "attributes:outcome",
    "attributes:empty",
    "attributes:ce-type",
    'attributes:"ce-type"',
    'attributes:"iana.org/language_tag"',
    "attributes:AND",
    'attributes.outcome = "completed"',
    'attributes.outcome="completed"',
    "attributes.outcome = 'completed'",
    'attributes.outcome != "failed"',
    'attributes.absent != "anything"',
    'attributes . outcome\n=\t"completed"',
    'attributes.ce-type = "dev.dropbatch.drop.completed.v1"',
    'attributes."iana.org/language_tag" = "en"',
    'attributes.empty = ""',
    'hasPrefix(attributes.route, "invoices/")',
    'hasPrefix(attributes.route, "")',
    "NOT attributes:absent",
    "-attributes:absent",
    "NOT NOT attributes:outcome",
    "NOT -attributes:outcome",
    "attributes:outcome AND attributes:route",
    "attributes:absent OR attributes:outcome",
    "NOT attributes:absent AND attributes:outcome",
    "NOT (attributes:absent AND attributes:outcome)",
    "(attributes:outcome)",
    "((attributes:absent OR attributes:route) AND (attributes:outcome))",
    "attributes:a OR attributes:b OR (attributes:outcome AND attributes:route)",
    r'attributes.quoted = "say \"hi\" \\ \n \u00e9"',
    r'attributes.quoted = "say \x22hi\042 \\ \012 \U000000e9"',
]

UNWANTED = [
    "attributes:absent",
    "attributes:Outcome",
    'attributes.outcome = "Completed"',
    'attributes.outcome = "complete"',
    'attributes.absent = ""',
    'attributes.outcome != "completed"',
    'hasPrefix(attributes.absent, "")',
    'hasPrefix(attributes.route, "nvoices")',
    "NOT attributes:outcome",
    "NOT attributes:outcome AND attributes:route",
    "NOT (attributes:outcome AND attributes:route)",
    "attributes:outcome AND attributes:absent",
    "attributes:absent OR attributes:missing",
    "(attributes:outcome OR attributes:route) AND attributes:absent",
]

NO_FILTERS = [
    " ",
    "attributes",
    "attributes.outcome",
    "attributes.outcome = completed",
    "attributes.outcome == 'completed'",
    "attributes.outcome > 'completed'",
    'attributes.outcome = "completed',
    "attributes:iana.org/language_tag",
    "attributes:-outcome",
    'outcome = "completed"',
    'data = "completed"',
    "attributes:a and attributes:b",
    "attributes:a AND",
    "attributes:a attributes:b",
    "attributes:a AND attributes:b OR attributes:c",
    "attributes:a OR attributes:b AND attributes:c",
    "attributes:a)",
    "(attributes:a",
    "()",
    "NOT",
    'hasPrefix(attributes.a "b")',
    'hasPrefix(attributes.a, "b"',
    'hasPrefix(attributes:a, "b")',
    'hasSuffix(attributes.a, "b")',
    '"attributes":a',
    '"NOT" attributes:a',
    r'attributes.a = "\q"',
    r'attributes.a = "\x2"',
    r'attributes.a = "\ud800"',
    r'attributes.a = "\UFFFFFFFF"',
    "attributes:a & attributes:b",
]


@pytest.mark.parametrize("text", WANTED)
def test_a_filter_wants_what_it_describes(text: str) -> None:
    assert parse_filter(text).matches(ATTRIBUTES)


@pytest.mark.parametrize("text", UNWANTED)
def test_a_filter_wants_nothing_else(text: str) -> None:
    assert not parse_filter(text).matches(ATTRIBUTES)


@pytest.mark.parametrize("text", NO_FILTERS)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_filter(text)
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert text in refused.value.message


def test_a_filter_has_256_bytes_at_most() -> None:
    longest = f'attributes.ab = "{"ü" * 119}"'
    assert len(longest.encode()) == 256
    assert parse_filter(longest).matches({"ab": "ü" * 119})

    with pytest.raises(RefusedError, match="You passed 257 in the request"):
        parse_filter(longest + " ")


def test_the_deepest_filter_that_fits_is_understood() -> None:
    assert parse_filter("(" * 122 + "attributes:a" + ")" * 122).matches({"a": ""})
    assert parse_filter("-" * 244 + "attributes:a").matches({"a": ""})


@given(key=st.text(min_size=1, max_size=20), value=st.text(max_size=20))
def test_any_key_and_any_value_can_be_written(key: str, value: str) -> None:
    written = f"attributes.{literal(key)} = {literal(value)}"
    if len(written.encode()) <= 256:
        assert parse_filter(written).matches({key: value})
        assert not parse_filter(written).matches({key: value + "x"})


@given(st.text(alphabet='attributes.:ab-"()=! ANDORNOT\\', max_size=60))
def test_any_text_is_either_a_filter_or_refused(text: str) -> None:
    with suppress(RefusedError):
        parse_filter(text).matches({"a": "b"})


def literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
