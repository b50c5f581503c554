"""
Every verb of the JSON API that takes preconditions, as a function of them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.contract.storage_server import RunningStorage, error_of

MULTIPART = (
    b"--b\r\ncontent-type: application/json\r\n\r\n%s\r\n"
    b"--b\r\ncontent-type: text/plain\r\n\r\nnew\r\n--b--"
)


@dataclass
class Target:
    """
    An object `o` at metageneration 2, and a bystander `s` to copy from.
    """

    server: RunningStorage
    bucket: str
    generation: int = 0

    def prepare(self) -> None:
        for name in ("s", "o"):
            made = self.server.insert(self.bucket, name, b"old")
            self.server.call(
                "PATCH", f"/storage/v1/b/{self.bucket}/o/{name}", json={"metadata": {}}
            )
        self.generation = int(made["generation"])

    def state(self) -> str:
        """
        All there is, as the API tells it.
        """
        path = f"/storage/v1/b/{self.bucket}/o?versions=true"
        return self.server.call("GET", path).text


def media(target: Target, condition: str) -> int:
    path = f"/upload/storage/v1/b/{target.bucket}/o?uploadType=media&name=o"
    return status(target, "POST", path + condition, data=b"new")


def multipart(target: Target, condition: str) -> int:
    path = f"/upload/storage/v1/b/{target.bucket}/o?uploadType=multipart"
    return status(
        target,
        "POST",
        path + condition,
        data=MULTIPART % json.dumps({"name": "o"}).encode(),
        headers={"content-type": "multipart/related; boundary=b"},
    )


def resumable(target: Target, condition: str) -> int:
    path = f"/upload/storage/v1/b/{target.bucket}/o?uploadType=resumable&name=o"
    begun = target.server.call("POST", path + condition, status=None)
    if begun.status_code != 200:
        return begun.status_code
    session = begun.headers["Location"].removeprefix(target.server.url)
    return status(target, "PUT", session, data=b"new")


def get(target: Target, condition: str) -> int:
    return status(target, "GET", f"/storage/v1/b/{target.bucket}/o/o?x{condition}")


def download(target: Target, condition: str) -> int:
    path = f"/download/storage/v1/b/{target.bucket}/o/o?alt=media{condition}"
    return status(target, "GET", path)


def patch(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o?x{condition}"
    return status(target, "PATCH", path, json={"contentType": "a/b"})


def update(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o?x{condition}"
    return status(target, "PUT", path, json={"contentType": "a/b"})


def delete(target: Target, condition: str) -> int:
    return status(target, "DELETE", f"/storage/v1/b/{target.bucket}/o/o?x{condition}")


def rewrite(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/s/rewriteTo/b/{target.bucket}/o/o?x"
    return status(target, "POST", path + condition)


def copy(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/s/copyTo/b/{target.bucket}/o/o?x"
    return status(target, "POST", path + condition)


def compose(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o/compose?x{condition}"
    return status(target, "POST", path, json={"sourceObjects": [{"name": "s"}]})


def rewrite_source(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o/rewriteTo/b/{target.bucket}/o/new?x"
    return status(target, "POST", path + condition.replace("&if", "&ifSource"))


def copy_source(target: Target, condition: str) -> int:
    path = f"/storage/v1/b/{target.bucket}/o/o/copyTo/b/{target.bucket}/o/new?x"
    return status(target, "POST", path + condition.replace("&if", "&ifSource"))


def status(target: Target, method: str, path: str, **arguments: object) -> int:
    answer = target.server.call(method, path, status=None, **arguments)
    if answer.status_code == 412 and "alt=media" not in path:
        assert error_of(answer) == (
            412,
            "conditionNotMet",
            "At least one of the pre-conditions you specified did not hold.",
        )
    return answer.status_code


READS = [get, download]
WRITES = [media, multipart, resumable, patch, update, delete, rewrite, copy, compose]
WRITES += [rewrite_source, copy_source]
INSERTS = [media, multipart, resumable, rewrite, copy, compose]
Verb = Callable[[Target, str], int]
