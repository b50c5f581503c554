"""
Identity tokens: who calls, signed, and the public keys by which anybody can check it.

The key is the local cloud's own. It says as much as Google's does to whoever reads
Google's keys through the door, and nothing to anybody else.
https://cloud.google.com/docs/authentication/token-types#id
"""

import os
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from google.auth import jwt
from google.auth.crypt import RSASigner
from google.auth.exceptions import GoogleAuthError

from localcloud.door.access_tokens import LIFETIME_SECONDS

# Where verifiers look: google-auth and Node read the first, Go and Java the second.
CERTIFICATES_PATH = "/oauth2/v1/certs"
KEYS_PATH = "/oauth2/v3/certs"

_ISSUER = "https://accounts.google.com"
_CERTIFICATE_LIFE = timedelta(days=3650)
# A token may be used again for a while, as Google's senders do: signing takes longer
# than most deliveries.
_REUSED_SECONDS = 300
_MOST_REUSED = 1_000


class IdentityTokens:
    """
    The tokens of one data folder. Its key is made once, readable by its owner only.
    """

    def __init__(self, folder: Path) -> None:
        pem, self._certificate = _load_or_make(folder / "identity.pem")
        self.key_id = self._certificate.fingerprint(SHA1()).hex()  # a name
        self._signer = RSASigner.from_string(pem, self.key_id)  # type: ignore[no-untyped-call] # google-auth's
        self._made: dict[tuple[str, str], tuple[float, str]] = {}

    def token(self, email: str, audience: str) -> str:
        """
        A token that says that `email` calls `audience`, valid for the next 55 minutes
        at least.
        """
        now = time.time()
        made, token = self._made.get((email, audience), (0.0, ""))
        if not 0 <= now - made < _REUSED_SECONDS:
            token = self._sign(email, audience, int(now))
            if len(self._made) >= _MOST_REUSED:
                self._made.clear()
            self._made[email, audience] = (now, token)
        return token

    def account(self, token: str, audiences: Collection[str]) -> str | None:
        """
        Whose token this is; None if it is none of ours, not meant for one of these
        audiences, or over.
        """
        try:
            claims = jwt.decode(token, self.certificates(), audience=list(audiences))  # type: ignore[no-untyped-call] # google-auth's
        except (ValueError, RecursionError, GoogleAuthError):
            return None
        email = claims.get("email")
        ours = claims.get("iss") == _ISSUER and claims.get("email_verified") is True
        return email if ours and isinstance(email, str) else None

    def certificates(self) -> dict[str, str]:
        """
        The key as a certificate in PEM, by its id.
        """
        pem = self._certificate.public_bytes(Encoding.PEM)
        return {self.key_id: pem.decode("ascii")}

    def keys(self) -> dict[str, Any]:
        """
        The key as a JSON Web Key Set (RFC 7517).
        """
        public = self._certificate.public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        numbers = public.public_numbers()
        key = {
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": self.key_id,
            "n": _base64(numbers.n),
            "e": _base64(numbers.e),
        }
        return {"keys": [key]}

    def answer(self, path: str) -> web.Response | None:
        """
        What a GET of a path gets, if that is where the public keys are.
        """
        shown = {CERTIFICATES_PATH: self.certificates, KEYS_PATH: self.keys}.get(path)
        if shown is None:
            return None
        headers = {hdrs.CACHE_CONTROL: "public, max-age=3600, must-revalidate"}
        return web.json_response(shown(), headers=headers)

    def _sign(self, email: str, audience: str, now: int) -> str:
        # Google's accounts have a number of 21 digits beside their address.
        number = str(10**20 + int(sha256(email.encode()).hexdigest(), 16) % 10**20)
        claims = {
            "iss": _ISSUER,
            "aud": audience,
            "azp": number,
            "sub": number,
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        signed: bytes = jwt.encode(self._signer, claims)  # type: ignore[no-untyped-call] # google-auth's
        return signed.decode("ascii")


def _base64(number: int) -> str:
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(content).decode("ascii").rstrip("=")


def _load_or_make(path: Path) -> tuple[bytes, x509.Certificate]:
    # One file for key and certificate, as the authority's: no crash parts them.
    try:
        pem = path.read_bytes()
        return pem, x509.load_pem_x509_certificate(pem)
    except (FileNotFoundError, ValueError):
        pem = _made()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes files of mode 0600.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        Path(temporary).replace(path)
        return pem, x509.load_pem_x509_certificate(pem)


def _made() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "dropbatch local cloud identity")]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _CERTIFICATE_LIFE)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
