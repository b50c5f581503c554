"""
What is to answer rows, as a user says it: checked before anything is run.
"""

from pathlib import Path

import pytest

from localcloud.vertex.responders.spec import SIMULATED, ResponderError, parse


def test_nothing_special_is_the_simulation() -> None:
    assert parse("simulated") is SIMULATED


def test_a_recording_is_named_wherever_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "was?.jsonl").write_text("{}")
    monkeypatch.chdir(tmp_path)

    spec = parse("recorded:was?.jsonl")

    assert spec.text == f"recorded:{tmp_path}/was?.jsonl"
    assert not spec.simulate_others
    simulating = parse("recorded:was?.jsonl?otherwise=simulated")
    assert simulating.simulate_others
    assert parse(simulating.text) == simulating


def test_a_server_has_a_model_and_options() -> None:
    spec = parse(
        "openai:http://127.0.0.1:11434#llama3.2:3b?at_once=2&seconds=9&tries=1"
    )

    assert spec.url == "http://127.0.0.1:11434/v1"
    assert (spec.model, spec.at_once, spec.seconds, spec.tries) == (
        *("llama3.2:3b", 2, 9.0),
        1,
    )
    assert parse(spec.text) == spec


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1"),
        ("http://localhost:8080/", "http://localhost:8080/v1"),
        ("http://[::1]:8080/api/v1/", "http://[::1]:8080/api/v1"),
        ("http://127.0.0.2/v1/chat/completions", "http://127.0.0.2:80/v1"),
    ],
)
def test_the_address_of_a_server_is_read_as_its_users_write_it(
    given: str, url: str
) -> None:
    assert parse(f"openai:{given}").url == url


@pytest.mark.parametrize(
    "address",
    [
        "http://api.openai.com/v1",
        "http://192.168.1.7:11434/v1",
        "http://10.0.0.1/v1",
        "http://0.0.0.0:11434/v1",
        "http://169.254.169.254/v1",
        "http://[2001:db8::1]/v1",
        "http://localhost.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://127.0.0.1@api.openai.com/v1",
        "http://user@127.0.0.1/v1",
        "https://127.0.0.1/v1",
        "http:///v1",
        "http://127.0.0.1:99999/v1",
        "127.0.0.1:11434",
        "",
    ],
)
def test_no_other_machine_is_ever_spoken_to(address: str) -> None:
    with pytest.raises(ResponderError, match=r"127\.0\.0\.1|no address|without user"):
        parse(f"openai:{address}")


def test_a_function_is_in_a_file_or_a_module(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("")

    assert parse(f"python:{file}:answer").file == file
    spec = parse("python:some.module:answer?at_once=3")
    assert (spec.module, spec.function, spec.at_once) == ("some.module", "answer", 3)
    assert spec.file is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "use simulated, recorded:FILE, openai:URL"),
        ("recorded", "use simulated, recorded:FILE, openai:URL"),
        ("anthropic:http://127.0.0.1", "use simulated, recorded:FILE, openai:URL"),
        ("recorded:", "use recorded:FILE"),
        ("recorded:missing.jsonl", "missing.jsonl is no file"),
        ("recorded:x?else=simulated", "no option 'else': use otherwise"),
        ("openai:http://127.0.0.1?at_once=0", "at_once=0: use a whole number from 1"),
        ("openai:http://127.0.0.1?at_once=1.5", "at_once=1.5: use a whole number"),
        ("openai:http://127.0.0.1?seconds=nan", "seconds=nan: use a number of seconds"),
        ("openai:http://127.0.0.1?tries=99", "tries=99: use a whole number"),
        ("openai:http://127.0.0.1?temperature=1", "use at_once or seconds or tries"),
        ("python:mine", "use python:MODULE:FUNCTION"),
        ("python:mine:two words", "use python:MODULE:FUNCTION"),
        ("python:missing.py:answer", "missing.py is no file"),
        ("python:not-a-module:answer", "neither a module's name nor a path"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(given: str, says: str) -> None:
    with pytest.raises(ResponderError) as refused:
        parse(given)
    assert says in str(refused.value)


def test_a_recording_is_not_otherwise_something_unheard_of(tmp_path: Path) -> None:
    file = tmp_path / "was.jsonl"
    file.write_text("{}")

    with pytest.raises(ResponderError, match="use otherwise=simulated"):
        parse(f"recorded:{file}?otherwise=openai")
