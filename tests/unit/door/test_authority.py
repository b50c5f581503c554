import datetime
import gc
import stat
import weakref
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from localcloud.door import authority
from localcloud.door.authority import JAVA_STORE_PASSWORD, Authority


def test_the_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    Authority(tmp_path / "authority")

    assert stat.S_IMODE((tmp_path / "authority").stat().st_mode) == 0o700
    for file in (tmp_path / "authority").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_what_clients_are_given_holds_no_key(tmp_path: Path) -> None:
    made = Authority(tmp_path)

    assert b"PRIVATE KEY" in (tmp_path / "authority.pem").read_bytes()
    assert b"PRIVATE KEY" not in made.certificate_file.read_bytes()
    store = load_pkcs12(made.java_store_file.read_bytes(), JAVA_STORE_PASSWORD.encode())
    assert store.key is None
    assert [entry.certificate for entry in store.additional_certs] == [
        x509.load_pem_x509_certificate(made.certificate_file.read_bytes())
    ]


def test_a_restart_keeps_the_authority(tmp_path: Path) -> None:
    first = Authority(tmp_path).certificate_file.read_bytes()

    assert Authority(tmp_path).certificate_file.read_bytes() == first


def test_a_broken_authority_is_made_anew(tmp_path: Path) -> None:
    first = Authority(tmp_path).certificate_file.read_bytes()
    (tmp_path / "authority.pem").write_bytes(b"cut off")

    second = Authority(tmp_path).certificate_file.read_bytes()

    assert second != first
    assert b"BEGIN CERTIFICATE" in second


def test_only_the_contexts_that_were_used_last_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "_MOST_CONTEXTS", 3)
    made = Authority(tmp_path)
    in_use = made.context_for("storage.googleapis.com")
    other = made.context_for("a.us.rep.googleapis.com")
    alive = weakref.ref(other)

    for number in range(5):
        made.context_for(f"a.p{number}.googleapis.com")
        assert made.context_for("storage.googleapis.com") is in_use

    assert made.context_for("a.us.rep.googleapis.com") is not other
    del other
    gc.collect()
    assert alive() is None


def test_a_leaf_is_made_once_and_renewed_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Authority(tmp_path)
    first = made.context_for("storage.googleapis.com")

    assert made.context_for("pubsub.googleapis.com") is first

    monkeypatch.setattr(authority, "_LEAF_RENEWAL", datetime.timedelta(0))
    assert made.context_for("pubsub.googleapis.com") is not first
