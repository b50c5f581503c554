"""Settings: each variable checked, each refusal with the name and the fix."""

from dataclasses import fields

import pytest

from shared.errors import SettingsError
from shared.settings import ORDERED, Settings, settings_from, variable
from tests.fakes import ENVIRONMENT, settings


def test_the_example_environment_is_whole() -> None:
    assert settings().inbox_bucket == "inbox"


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_each_setting_without_a_default_is_asked_for(name: str) -> None:
    without = {k: v for k, v in ENVIRONMENT.items() if k != name}

    with pytest.raises(SettingsError, match=f"{name} is not set"):
        settings_from(without)


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match="DROPBATCH_SETTEL_SECONDS"):
        settings_from({**ENVIRONMENT, "DROPBATCH_SETTEL_SECONDS": "5"})


@pytest.mark.parametrize(("less", "more"), ORDERED)
def test_times_that_would_break_the_protocol_are_refused(less: str, more: str) -> None:
    same = getattr(settings(), f"{more}_seconds")

    with pytest.raises(SettingsError, match=variable(less)):
        settings(**{f"{less}_seconds": str(same)})


@pytest.mark.parametrize("text", ["", "0", "-1", "0.5", "soon", "nan", "1e9"])
@pytest.mark.parametrize(
    "field", [f.name for f in fields(Settings) if f.name.endswith("_seconds")]
)
def test_a_time_must_be_a_number_of_whole_seconds(field: str, text: str) -> None:
    if not text:
        assert settings(**{field: text}) == settings()
        return
    with pytest.raises(SettingsError, match=variable(field)):
        settings(**{field: text})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("region", "global"),
        ("region", "US"),
        ("deployment", "a" * 41),
        ("deployment", 'a" OR b'),
        ("topic", "dropbatch"),
        ("began", "yesterday"),
        ("began", "2026-11-23"),
        ("began", "2026-11-23T12:00:00"),
        ("suffixes", " , "),
        ("suffixes", ".jsonl,"),
        ("suffixes", ".jsonl, .json"),
        ("suffixes", "jsonl"),
        ("suffixes", "."),
        ("poll_budget_seconds", "181"),
        ("work_bucket", "inbox"),
        ("results_bucket", "inbox"),
        ("state_bucket", "work"),
        ("media_bucket", "results"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(SettingsError, match="DROPBATCH_"):
        settings(**{field: value})
