"""Log lines: one JSON object each, whatever is in a field."""

import json

import pytest

from shared.logs import Severity, log


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    log("claimed", severity=Severity.WARNING, drop_id="d", rows=3, code=None)

    assert json.loads(capsys.readouterr().out) == {
        "severity": "WARNING",
        "event": "claimed",
        "drop_id": "d",
        "rows": 3,
    }


@pytest.mark.parametrize("name", ['a\n{"event":"x"}', "\x1b[31mred", "a\u2028b\u202e"])
def test_no_name_forges_a_line_or_colours_a_terminal(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    log("ignored", name=name)

    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert out.rstrip("\n").isprintable()
    assert out.isascii()
    assert json.loads(out)["name"] == name


def test_a_long_text_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    log("ignored", name="x" * 5_000)

    assert len(json.loads(capsys.readouterr().out)["name"]) == 256
