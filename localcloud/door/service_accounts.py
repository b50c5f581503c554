"""
Service accounts of the local cloud, as the key files that every Google client reads.
"""

import json
import os
import uuid
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

TOKEN_URI = "https://oauth2.googleapis.com/token"


def account_email(name: str, project: str) -> str:
    """
    The address of a project's service account.
    """
    return f"{name}@{project}.iam.gserviceaccount.com"


def key_file(folder: Path, *, name: str, project: str) -> Path:
    """
    Return the key file of a service account, made on first use and then kept.

    The key opens nothing but this local cloud: it is made here and known nowhere else.
    One that is there under this name, but is another project's or account's, is made
    anew: a function with it would not be the deployment's account, and so an owner.
    """
    path = folder / f"{name}.json"
    if not _is_key_of(path, name, project):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = json.dumps(_key(name, project), indent=2) + "\n"
        temporary = path.with_suffix(".part")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        temporary.replace(path)
    return path


def _is_key_of(path: Path, name: str, project: str) -> bool:
    try:
        found = json.loads(path.read_bytes())
        said = (found["project_id"], found["client_email"])
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return False
    return said == (project, account_email(name, project))


def _key(name: str, project: str) -> dict[str, str]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    email = account_email(name, project)
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": uuid.uuid4().hex,
        "private_key": private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode("ascii"),
        "client_email": email,
        "client_id": str(uuid.uuid4().int % 10**21),
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": TOKEN_URI,
        "universe_domain": "googleapis.com",
    }
