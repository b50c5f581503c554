import pytest

from localcloud.door.hosts import (
    BadAuthorityError,
    certificate_names,
    is_google,
    split_authority,
)


@pytest.mark.parametrize(
    "host",
    [
        "googleapis.com",
        "storage.googleapis.com",
        "us-central1-aiplatform.googleapis.com",
        "aiplatform.us.rep.googleapis.com",
        "my_bucket.storage.googleapis.com",
    ],
)
def test_every_name_of_googles_apis_is_let_in(host: str) -> None:
    assert is_google(host)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "evilgoogleapis.com",
        "googleapis.com.evil.example",
        "storage.googleapis.com.",
        "storage.google.com",
        ".googleapis.com",
        "a..googleapis.com",
        "-a.googleapis.com",
        "a b.googleapis.com",
        "STORAGE.googleapis.com\n",
        "storage.googleapis.com\n",
        "*.googleapis.com",
        "x." * 130 + "googleapis.com",
        "127.0.0.1",
        "localhost",
        "",
    ],
)
def test_no_other_name_is_let_in(host: str) -> None:
    assert not is_google(host)


def test_a_target_is_split_into_a_lower_case_host_and_a_port() -> None:
    assert split_authority("Storage.GoogleAPIs.com.:443") == (
        "storage.googleapis.com",
        443,
    )


@pytest.mark.parametrize("text", ["", "host", "host:", ":443", "host:4x3", "host:٣"])
def test_what_is_no_host_and_port_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadAuthorityError, match="is not host:port"):
        split_authority(text)


def test_a_wildcard_stands_for_one_label() -> None:
    assert "*.googleapis.com" in certificate_names("storage.googleapis.com")
    assert "*.us.rep.googleapis.com" in certificate_names(
        "aiplatform.us.rep.googleapis.com"
    )
    assert "googleapis.com" in certificate_names("googleapis.com")
