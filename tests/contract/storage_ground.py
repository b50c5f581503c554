"""
Two buckets, and an account that is granted in them what a test says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from localcloud.door.access_tokens import token_for
from localcloud.grants import Grants, Right, bucket
from localcloud.permits import Permits
from localcloud.storage.knobs import StorageKnobs
from tests.contract.storage_server import RunningStorage, error_of, running_storage
from tests.everybody import owners

ACCOUNT = "dropbatch-submit-job@p.iam.gserviceaccount.com"
BEARER = {"Authorization": f"Bearer {token_for(ACCOUNT)}"}
GET, LIST, CREATE, DELETE, UPDATE = (
    f"storage.objects.{verb}" for verb in ("get", "list", "create", "delete", "update")
)


@dataclass
class Ground:
    """
    A server, two buckets, and an account that is granted what a test says.
    """

    server: RunningStorage
    permits: Permits
    here: str
    there: str

    def grant(self, *granted: tuple[str, str]) -> None:
        """
        These permissions on these buckets, and nothing else.
        """
        rights = {Right(ACCOUNT, each, bucket(name)) for each, name in granted}
        self.permits.grants = Grants(
            accounts=frozenset({ACCOUNT}), rights=frozenset(rights)
        )

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        headers = {**BEARER, **dict(more.pop("headers", None) or {})}  # type: ignore[call-overload]  # a test's own
        return self.server.call(method, path, status=None, headers=headers, **more)


@pytest.fixture(scope="module", params=[False, True], ids=["412 first", "403 first"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningStorage, Permits, bool]]:
    permits = owners()
    knobs = StorageKnobs(writes_per_second=0, overwrite_forbidden_first=request.param)
    folder = tmp_path_factory.mktemp("granted")
    with running_storage(folder, permits=permits, knobs=knobs) as running:
        yield running, permits, request.param


@pytest.fixture
def ground(server: tuple[RunningStorage, Permits, bool]) -> Ground:
    running, permits, _ = server
    here, there = running.bucket().name, running.bucket().name
    for name in ("old", "other"):
        running.insert(here, name, b"content")
    return Ground(running, permits, here, there)


def object_path(ground: Ground, name: str, more: str = "") -> str:
    return f"/storage/v1/b/{ground.here}/o/{name}{more}"


def upload_path(ground: Ground, kind: str, name: str) -> str:
    return f"/upload/storage/v1/b/{ground.here}/o?uploadType={kind}&name={name}"


def words(permission: str, kind: str = "object") -> str:
    return (
        f"{ACCOUNT} does not have {permission} access to the Google Cloud Storage "
        f"{kind}. Permission '{permission}' denied on resource (or it may not exist)."
    )


def refused(answer: requests.Response, permission: str, kind: str = "object") -> bool:
    return error_of(answer) == (403, "forbidden", words(permission, kind))
