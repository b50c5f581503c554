"""
Buckets for clients that are no storage clients, filled without one: importing one
takes a second.
"""

import http.client
import json
from urllib.parse import quote

from tests.running_cloud import RunningCloud


def make_bucket(cloud: RunningCloud, name: str, content: dict[str, bytes]) -> None:
    """
    Make a bucket with these objects in it.
    """
    _post(
        cloud,
        f"/storage/v1/b?project={cloud.told['project']}",
        json.dumps({"name": name}).encode(),
    )
    for each, data in content.items():
        path = f"/upload/storage/v1/b/{name}/o?uploadType=media&name="
        _post(cloud, path + quote(each, safe=""), data)


def read_object(cloud: RunningCloud, uri: str) -> bytes:
    """
    The content of gs://BUCKET/NAME.
    """
    bucket, _, name = uri.removeprefix("gs://").partition("/")
    return _ask(
        cloud, "GET", f"/storage/v1/b/{bucket}/o/{quote(name, safe='')}?alt=media"
    )


def _post(cloud: RunningCloud, path: str, data: bytes) -> None:
    _ask(cloud, "POST", path, data)


def _ask(
    cloud: RunningCloud, method: str, path: str, data: bytes | None = None
) -> bytes:
    # Storage answers on the loopback port, too.
    connection = http.client.HTTPConnection(
        cloud.told["admin"].removeprefix("http://"), timeout=30
    )
    try:
        connection.request(method, path, data, {"Authorization": cloud.bearer})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    assert answer.status == 200, body
    return body
