"""What a user asks of a local cloud's services by HTTP."""

from typing import Any

from localcloud.access import USER
from localcloud.door.access_tokens import token_for
from tests.e2e.inside_cloud import InsideCloud


def ask_as_user(inside: InsideCloud, host: str, path: str, body: Any = None) -> Any:
    """The answer of one of Google's hosts, which must be a success."""
    status, told = inside.ask(host, path, body, f"Bearer {token_for(USER)}")
    assert status == 200, told
    return told
