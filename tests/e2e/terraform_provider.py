"""
How Terraform's google provider speaks to Google: its session, and its uploads.
"""

import json
from typing import Any

import requests

from tests.running_cloud import RunningCloud

UPLOAD = "https://storage.googleapis.com/upload/storage/v1/"


class Provider:
    """
    A session as the provider's is: through the proxy, trusting the authority.
    """

    def __init__(self, cloud: RunningCloud) -> None:
        variables = cloud.told["variables"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = {"https": variables["HTTPS_PROXY"]}
        self._session.verify = variables["SSL_CERT_FILE"]
        self._session.headers["Authorization"] = cloud.bearer

    def close(self) -> None:
        self._session.close()

    def __call__(
        self, method: str, url: str, body: Any = None, *, status: int = 200
    ) -> Any:
        url += f"{'&' if '?' in url else '?'}alt=json&prettyPrint=false"
        answer = self._session.request(method, url, json=body, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def upload(self, bucket: str, name: str, content: bytes, resource: Any) -> Any:
        """
        One multipart/related request, as Google's Go library makes it.
        """
        parts = (
            (b"application/json", json.dumps(resource).encode()),
            (b"text/plain; charset=utf-8", content),
        )
        body = b"".join(
            b"--limit\r\nContent-Type: %s\r\n\r\n%s\r\n" % part for part in parts
        )
        answer = self._session.post(
            f"{UPLOAD}b/{bucket}/o?alt=json&name={name}&prettyPrint=false"
            "&uploadType=multipart",
            data=body + b"--limit--\r\n",
            headers={"Content-Type": "multipart/related; boundary=limit"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()
