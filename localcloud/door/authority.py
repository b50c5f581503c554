"""
The throw-away certificate authority: made once for a data folder, installed nowhere,
trusted only by what is started with the door's variables.
"""

import datetime
import os
import ssl
import tempfile
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)

from localcloud.door.hosts import certificate_names

JAVA_STORE_PASSWORD = "changeit"

# The server's order decides (RFC 7301, 3.2): whoever can speak HTTP/1.1 gets it, and
# only gRPC clients, which offer h2 alone, are left with h2.
ALPN = ("http/1.1", "h2")

# Apple's verifier refuses leaves that are valid for more than 825 days
# (https://support.apple.com/103769); a week is enough for one that is made anew at
# every start and, while the door runs, every day.
_LEAF_LIFE = datetime.timedelta(days=7)
_LEAF_RENEWAL = datetime.timedelta(days=1)
_CLOCK_SKEW = datetime.timedelta(hours=1)

# Many more than Google has parent domains; a client may ask for any number of them.
_MOST_CONTEXTS = 64


class Authority:
    """
    The authority of one data folder.

    Its key never leaves the folder and is readable by its owner only. What clients
    need is beside it: `certificate_file` (PEM) and `java_store_file` (PKCS #12).
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.certificate_file = folder / "ca.pem"
        self.java_store_file = folder / "ca.p12"
        self._authority = _load_or_make(folder / "authority.pem")
        pem = self._authority.cert_pem.bytes()
        _write_private(self.certificate_file, pem)
        _write_private(self.java_store_file, _java_store(pem))
        self._contexts: dict[
            tuple[str, ...], tuple[datetime.datetime, ssl.SSLContext]
        ] = {}

    def context_for(self, host: str) -> ssl.SSLContext:
        """
        Return the server side of TLS for a host, with a leaf that is valid now.
        """
        names = certificate_names(host)
        now = datetime.datetime.now(datetime.UTC)
        made, context = self._contexts.pop(names, (None, None))
        if made is None or context is None or now - made > _LEAF_RENEWAL:
            made, context = now, self._make_context(names, now)
        # In the order of their last use.
        self._contexts[names] = (made, context)
        if len(self._contexts) > _MOST_CONTEXTS:
            del self._contexts[next(iter(self._contexts))]
        return context

    def _make_context(
        self, names: tuple[str, ...], now: datetime.datetime
    ) -> ssl.SSLContext:
        leaf = self._authority.issue_cert(
            *names,
            organization_name="dropbatch local cloud",
            organization_unit_name="leaf",
            not_before=(now - _CLOCK_SKEW).replace(tzinfo=None),
            not_after=(now + _LEAF_LIFE).replace(tzinfo=None),
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        leaf.configure_cert(context)
        context.set_alpn_protocols(list(ALPN))
        return context


def _load_or_make(path: Path) -> trustme.CA:
    # One file for both halves, so that a crash can't leave a key without its
    # certificate.
    try:
        pem = path.read_bytes()
        x509.load_pem_x509_certificate(pem)
        return trustme.CA.from_pem(pem, pem)
    except (FileNotFoundError, ValueError):
        made = trustme.CA(
            organization_name="dropbatch local cloud",
            organization_unit_name="throw-away authority, trust it nowhere else",
        )
        _write_private(path, made.private_key_pem.bytes() + made.cert_pem.bytes())
        return made


def _java_store(certificate: bytes) -> bytes:
    return serialize_java_truststore(
        [
            PKCS12Certificate(
                x509.load_pem_x509_certificate(certificate), b"dropbatch-local"
            )
        ],
        BestAvailableEncryption(JAVA_STORE_PASSWORD.encode()),
    )


def _write_private(path: Path, content: bytes) -> None:
    # mkstemp makes files of mode 0600.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
