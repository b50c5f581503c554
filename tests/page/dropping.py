"""
Files put into a running cloud's buckets, without a client library.
"""

import http.client
import json
from urllib.parse import quote, urlsplit

from localcloud.access import USER
from localcloud.door.access_tokens import token_for
from tests.running_cloud import RunningCloud


def put(cloud: RunningCloud, bucket: str, name: str, content: bytes) -> None:
    """
    Put an object into a bucket.
    """
    ask(
        cloud,
        "POST",
        f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={quote(name)}",
        content,
        Host="storage.googleapis.com",
        Authorization=f"Bearer {token_for(USER, 600)}",
    )


def drop(cloud: RunningCloud, name: str, content: bytes) -> None:
    """
    Put an object into the inbox.
    """
    put(cloud, cloud.told["inbox"], name, content)


def ask(
    cloud: RunningCloud, method: str, path: str, body: bytes = b"", **headers: str
) -> bytes:
    """
    Ask the loopback port for what it does not refuse.
    """
    connection = http.client.HTTPConnection(
        urlsplit(cloud.told["admin"]).netloc, timeout=20
    )
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, content
    return content


def rows(count: int) -> bytes:
    """
    A file of so many good rows.
    """
    parts = [{"text": "Say something."}]
    line = {"request": {"contents": [{"role": "user", "parts": parts}]}}
    return (json.dumps(line) + "\n").encode() * count
