import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.door import shell
from localcloud.door.variables import REMOVED, Access, node_options
from tests import needs

SHELLS = [name for name in ("sh", "bash", "dash", "zsh") if shutil.which(name)]


@pytest.fixture
def access(tmp_path: Path) -> Access:
    return Access(
        port=4321,
        project="p",
        certificate=tmp_path / "it's a folder" / "ca.pem",
        java_store=tmp_path / "it's a folder" / "ca.p12",
        credentials=tmp_path / "key.json",
        gcloud_config=tmp_path / "gcloud",
    )


def run(shell_name: str, script: str, environ: dict[str, str]) -> dict[str, str]:
    """
    Run a script; return the environment it leaves.
    """
    done = subprocess.run(
        [shell_name, "-c", script + "\nenv -0"],
        env={"PATH": os.defpath} | environ,
        capture_output=True,
        check=True,
        timeout=20,
    )
    entries = done.stdout.decode().split("\0")
    pairs = (entry.partition("=") for entry in entries if entry)
    ignored = {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}
    return {name: value for name, _, value in pairs if name not in ignored}


def lines(access: Access, environ: dict[str, str]) -> str:
    return "\n".join(shell.export_lines(access.variables(), REMOVED, environ))


def unset(environ: dict[str, str]) -> str:
    return "\n".join(shell.unset_lines(environ))


BEFORE = {
    "HTTPS_PROXY": "http://proxy.example:3128",
    "NO_PROXY": "",
    "SSL_CERT_DIR": '/etc/ssl/it\'s "quoted" $HOME `x`',
    "PUBSUB_EMULATOR_HOST": "a\nb",
    "UNTOUCHED": "x",
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_that_evaluates_the_lines_is_behind_the_door(
    name: str, access: Access
) -> None:
    inside = run(name, lines(access, BEFORE), BEFORE)

    for variable, value in access.variables().items():
        assert inside[variable] == value
    assert inside["UNTOUCHED"] == "x"
    assert not set(inside) & set(REMOVED)


@pytest.mark.parametrize("name", SHELLS)
def test_taking_back_leaves_what_was_there_before(name: str, access: Access) -> None:
    inside = run(name, lines(access, BEFORE), BEFORE)
    again = run(name, lines(access, inside), inside)

    assert run(name, unset(inside), inside) == BEFORE
    assert run(name, unset(again), again) == BEFORE


def test_a_second_cloud_replaces_the_first_and_both_are_taken_back(
    access: Access, tmp_path: Path
) -> None:
    second = Access(
        port=9,
        project="q",
        certificate=tmp_path / "c",
        java_store=tmp_path / "j",
        credentials=tmp_path / "k",
        gcloud_config=tmp_path / "g",
    )
    inside = run("sh", lines(access, BEFORE), BEFORE)
    other = run("sh", lines(second, inside), inside)

    assert other["GOOGLE_CLOUD_PROJECT"] == "q"
    assert run("sh", unset(other), other) == BEFORE


def test_where_nothing_was_set_nothing_is_taken_back() -> None:
    assert shell.unset_lines(BEFORE) == []


def test_a_marker_that_holds_more_than_names_is_not_run() -> None:
    marked = {shell.INSIDE: "A B;touch${IFS}x `y`", "A": "1", "B;touch${IFS}x": "1"}

    assert shell.unset_lines(marked) == ["unset A", f"unset {shell.INSIDE}"]


@given(st.text(st.characters(blacklist_characters="\0", codec="utf-8"), max_size=40))
def test_quoting_keeps_every_character(value: str) -> None:
    assert shlex.split(shell.quoted(value)) == [value]


def test_an_environment_for_a_command_has_them_and_lacks_the_removed(
    access: Access,
) -> None:
    made = access.environment(BEFORE)

    assert made["HTTPS_PROXY"] == "http://127.0.0.1:4321"
    assert made["UNTOUCHED"] == "x"
    assert not set(made) & set(REMOVED)


def test_everything_that_names_a_proxy_or_an_authority_is_covered(
    access: Access,
) -> None:
    """
    The table in the design, name by name.
    """
    variables = access.variables()
    certificate = str(access.certificate)

    for name in (
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
        "NODE_EXTRA_CA_CERTS",
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
    ):
        assert variables[name] == certificate
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        assert variables[name] == "http://127.0.0.1:4321"
    for name in ("NO_PROXY", "no_proxy"):
        assert variables[name].split(",")[:2] == ["127.0.0.1", "localhost"]
    for name in ("GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"):
        assert variables[name] == "p"
    for name in (
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
    ):
        assert variables[name] == str(access.credentials)


def test_java_takes_the_options_as_they_are(access: Access) -> None:
    done = subprocess.run(
        [needs.program("java"), "-XshowSettings:properties", "-version"],
        env={"PATH": os.environ["PATH"]} | access.variables(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    properties = dict(
        line.strip().split(" = ", 1)[:2]
        for line in done.stderr.splitlines()
        if line.strip().count(" = ") == 1
    )

    assert properties["https.proxyPort"] == "4321"
    assert properties["javax.net.ssl.trustStore"] == str(access.java_store)


def test_node_runs_the_script_whatever_its_folder_is_called(tmp_path: Path) -> None:
    script = tmp_path / 'it\'s a "folder" \\ ü' / "first.cjs"
    script.parent.mkdir()
    script.write_text("console.log('first')")
    done = subprocess.run(
        [needs.program("node"), "-e", "console.log('then')"],
        env={"PATH": os.environ["PATH"], "NODE_OPTIONS": node_options(script)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.stdout.split() == ["first", "then"], done.stderr
