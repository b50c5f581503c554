"""
Identity tokens, checked by the library that subscribers check Google's with.
"""

import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import id_token

from localcloud.door.access_tokens import LIFETIME_SECONDS
from localcloud.door.identity import (
    CERTIFICATES_PATH,
    KEYS_PATH,
    IdentityTokens,
)
from tests.unit.door.certs_answer import CertsAnswer

EMAIL = "pusher@p.iam.gserviceaccount.com"
AUDIENCE = "https://example.com/push"


@pytest.fixture
def identity(tmp_path: Path) -> IdentityTokens:
    return IdentityTokens(tmp_path)


def verified(identity: IdentityTokens, token: str, audience: str = AUDIENCE) -> Any:
    asked = CertsAnswer({"https://www.googleapis.com/oauth2/v1/certs": identity})
    return id_token.verify_oauth2_token(token, asked, audience)  # type: ignore[no-untyped-call] # google-auth's


def test_a_token_is_what_googles_verifier_accepts(identity: IdentityTokens) -> None:
    claims = verified(identity, identity.token(EMAIL, AUDIENCE))

    assert claims["iss"] == "https://accounts.google.com"
    assert claims["email"] == EMAIL
    assert claims["email_verified"] is True
    assert claims["exp"] - claims["iat"] == LIFETIME_SECONDS
    assert len(claims["sub"]) == 21
    assert claims["sub"].isdecimal()


def test_a_token_is_for_its_audience_only(identity: IdentityTokens) -> None:
    token = identity.token(EMAIL, AUDIENCE)
    with pytest.raises((ValueError, GoogleAuthError)):
        verified(identity, token, "https://example.com/other")


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-8] + ("A" * 8),
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: ".".join(
            (token.split(".")[0], _claims(email="mallory@p"), token.split(".")[2])
        ),
    ],
    ids=["signature", "unsigned", "claims"],
)
def test_a_forged_token_is_refused(
    identity: IdentityTokens, forge: Callable[[str], str]
) -> None:
    with pytest.raises((ValueError, GoogleAuthError)):
        verified(identity, forge(identity.token(EMAIL, AUDIENCE)))


def test_a_token_of_another_local_cloud_is_refused(
    identity: IdentityTokens, tmp_path: Path
) -> None:
    other = IdentityTokens(tmp_path / "other")
    with pytest.raises((ValueError, GoogleAuthError)):
        verified(identity, other.token(EMAIL, AUDIENCE))


def test_a_token_still_counts_after_a_restart(
    identity: IdentityTokens, tmp_path: Path
) -> None:
    token = identity.token(EMAIL, AUDIENCE)
    assert verified(IdentityTokens(tmp_path), token)["email"] == EMAIL


def test_the_json_web_key_checks_the_same_signature(identity: IdentityTokens) -> None:
    """
    As Go and Java do, by hand: the modulus and exponent of the key set.
    """
    (key,) = identity.keys()["keys"]
    token = identity.token(EMAIL, AUDIENCE)
    signed, _, signature = token.rpartition(".")
    header = json.loads(_decoded(token.partition(".")[0]))
    numbers = (int.from_bytes(_decoded(key[name]), "big") for name in ("e", "n"))

    rsa.RSAPublicNumbers(*numbers).public_key().verify(
        _decoded(signature), signed.encode(), padding.PKCS1v15(), SHA256()
    )
    assert (header["alg"], header["kid"]) == (key["alg"], key["kid"])


@pytest.mark.parametrize("path", [CERTIFICATES_PATH, KEYS_PATH])
def test_the_keys_are_where_verifiers_look(identity: IdentityTokens, path: str) -> None:
    answer = identity.answer(path)

    assert answer is not None
    assert "max-age" in answer.headers["Cache-Control"]
    assert identity.key_id in str(answer.text)


def test_the_key_is_its_owners(identity: IdentityTokens, tmp_path: Path) -> None:
    mode = (tmp_path / "identity.pem").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert "PRIVATE" not in json.dumps([identity.certificates(), identity.keys()])


def test_a_broken_key_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "identity.pem").write_bytes(b"half a k")
    identity = IdentityTokens(tmp_path)
    assert verified(identity, identity.token(EMAIL, AUDIENCE))


def _claims(**claims: str) -> str:
    text = base64.urlsafe_b64encode(json.dumps(claims).encode())
    return text.decode().rstrip("=")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
