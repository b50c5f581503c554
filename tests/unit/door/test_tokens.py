"""
The token service, asked by the library that every Google client asks with.
"""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from google.auth import jwt
from google.oauth2 import service_account
from hypothesis import given
from hypothesis import strategies as st

from localcloud.door import service_accounts
from localcloud.door.access_tokens import UnknownTokenError, read_token, token_for
from localcloud.door.dispatch import Dispatcher
from localcloud.door.identity import IdentityTokens
from localcloud.door.tokens import TokenServer, handle_iam_credentials
from tests.loop_thread import LoopThread
from tests.unit.door.certs_answer import Answered


class Straight:
    """
    google-auth's transport, straight to the loopback port.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Answered:
        host, _, path = url.removeprefix("https://").partition("/")
        self.asked.append(url)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(
            method, "/" + path, body, headers=dict(headers or {}) | {"Host": host}
        )
        answer = connection.getresponse()
        answered = Answered(answer.status, answer.read())
        connection.close()
        return answered


@pytest.fixture
def transport(tmp_path: Path) -> Iterator[Straight]:
    tokens = TokenServer(IdentityTokens(tmp_path))
    dispatcher = Dispatcher(
        {
            "oauth2.googleapis.com": tokens.handle,
            "www.googleapis.com": tokens.handle,
            "iamcredentials.googleapis.com": handle_iam_credentials,
        }
    )
    with LoopThread().running() as thread:

        async def start() -> tuple[web.Server, Any]:
            server = dispatcher.server()
            return server, await thread.loop.create_server(server, "127.0.0.1", 0)

        async def stop() -> None:
            listening.close()
            await server.shutdown(1)

        server, listening = thread.run(start())
        yield Straight(listening.sockets[0].getsockname()[1])
        thread.run(stop())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return service_accounts.key_file(tmp_path, name="tester", project="p")


def test_a_service_account_gets_an_access_token(transport: Straight, key: Path) -> None:
    credentials = service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]  # google-auth's
        key, scopes=["https://www.googleapis.com/auth/cloud-platform"]
    )

    credentials.refresh(transport)

    assert credentials.valid
    assert transport.asked[0] == "https://oauth2.googleapis.com/token"


def test_a_service_account_gets_an_identity_token_for_an_audience(
    transport: Straight, key: Path
) -> None:
    credentials = service_account.IDTokenCredentials.from_service_account_file(  # type: ignore[no-untyped-call]  # google-auth's
        key, target_audience="https://poll.example"
    )

    credentials.refresh(transport)

    assert credentials.valid
    assert credentials.token.count(".") == 2


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://www.googleapis.com/oauth2/v4/token", b"grant_type=x&assertion=a.b.c"),
        ("https://oauth2.googleapis.com/token", b'{"grant_type":"refresh_token"}'),
        ("https://oauth2.googleapis.com/token", b"{" + b'"a":[' + b"[" * 100_000),
        ("https://oauth2.googleapis.com/token", b"\xff not a form {"),
        ("https://oauth2.googleapis.com/token", b""),
    ],
)
def test_any_grant_is_answered(transport: Straight, url: str, body: bytes) -> None:
    kind = "application/json" if body[:1] == b"{" else "text/plain"

    answer = transport(url, "POST", body, {"Content-Type": kind})

    assert answer.status == 200
    token = json.loads(answer.data)
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 3599
    assert token["access_token"]


def test_the_question_for_boundaries_is_answered_with_404(transport: Straight) -> None:
    """
    A 5xx would be asked again for a minute.
    """
    answer = transport(
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
        "tester@p.iam.gserviceaccount.com/allowedLocations"
    )

    assert answer.status == 404
    assert json.loads(answer.data)["error"]["status"] == "NOT_FOUND"


def test_anything_else_there_is_404(transport: Straight) -> None:
    answer = transport("https://www.googleapis.com/oauth2/v3/userinfo")

    assert answer.status == 404
    assert "oauth2/v3/userinfo" in json.loads(answer.data)["error"]["message"]


@pytest.mark.parametrize(
    "changed",
    [
        {"project_id": "q"},
        {"client_email": "developer@p.iam.gserviceaccount.com"},
        {"client_email": None},
    ],
)
def test_a_key_of_somebody_else_is_made_anew(
    tmp_path: Path, changed: dict[str, str | None]
) -> None:
    """
    A folder that served another project would lend a function an account that its
    grants say nothing of.
    """
    path = service_accounts.key_file(tmp_path, name="a", project="p")
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))

    assert service_accounts.key_file(tmp_path, name="a", project="p") == path

    key = json.loads(path.read_text())
    assert key["project_id"] == "p"
    assert key["client_email"] == "a@p.iam.gserviceaccount.com"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", "[" * 100_000])
def test_a_key_that_says_nothing_is_made_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)

    service_accounts.key_file(tmp_path, name="a", project="p")

    assert json.loads(path.read_text())["client_email"] == "a@p.iam.gserviceaccount.com"


def test_a_key_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    first = service_accounts.key_file(tmp_path, name="a", project="p")
    before = first.read_bytes()

    assert service_accounts.key_file(tmp_path, name="a", project="p") == first
    assert first.read_bytes() == before
    assert first.stat().st_mode & 0o777 == 0o600
    assert json.loads(before)["client_email"] == "a@p.iam.gserviceaccount.com"
    other = service_accounts.key_file(tmp_path, name="b", project="p").read_bytes()
    assert json.loads(other)["private_key"] != json.loads(before)["private_key"]


def test_an_access_token_says_whose_it_is_and_when_it_ends() -> None:
    before = time.time()
    read = read_token(token_for("a@b", lifetime_seconds=60))

    assert read.email == "a@b"
    assert before + 60 <= read.expires <= time.time() + 60


def test_a_token_that_an_account_signed_itself_is_read(key: Path) -> None:
    """
    As Google's gRPC clients send it, which never ask for a token.
    """
    credentials = jwt.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]  # google-auth's
        str(key), audience="https://aiplatform.googleapis.com/"
    )
    credentials.refresh(None)

    read = read_token(credentials.token.decode())

    assert read.email == "tester@p.iam.gserviceaccount.com"
    assert time.time() < read.expires <= time.time() + 3600


@given(st.text() | st.from_regex(r"ya29\.local\.[A-Za-z0-9_-]*", fullmatch=True))
def test_nothing_else_is_a_token(text: str) -> None:
    with pytest.raises(UnknownTokenError):
        read_token(text)
