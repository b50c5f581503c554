"""
A resumable upload, driven by hand.
"""

import requests

from tests.contract.storage_server import TIMEOUT_SECONDS, RunningStorage

BLOCK = 256 * 1024
DATA = bytes(range(251)) * 5000  # 1,255,000 bytes: four blocks and a bit


class Session:
    """
    One upload. No token is sent: the URI is the right.
    """

    def __init__(self, server: RunningStorage, query: str = "", **headers: str) -> None:
        self.server = server
        self.bucket = server.bucket()
        path = f"/upload/storage/v1/b/{self.bucket.name}/o?uploadType=resumable"
        begun = server.call("POST", f"{path}&name=o{query}", json={}, headers=headers)
        assert begun.content == b""
        self.uri = begun.headers["Location"]

    def put(
        self, data: bytes, span: str | None, status: int, **headers: str
    ) -> requests.Response:
        if span is not None:
            headers["Content-Range"] = f"bytes {span}"
        answer = requests.put(
            self.uri, data=data, headers=headers, timeout=TIMEOUT_SECONDS
        )
        assert answer.status_code == status, answer.text
        return answer

    def kept(self) -> str | None:
        """
        What a status query tells.
        """
        answer = self.put(b"", "*/*", 308)
        assert answer.reason == "Resume Incomplete"
        return answer.headers.get("Range")

    def content(self) -> bytes:
        return bytes(self.bucket.blob("o").download_as_bytes())

    def head(self, length: int, span: str) -> bytes:
        """
        The start of a request that is to be cut.
        """
        path = self.uri.removeprefix(self.server.url)
        return (
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Range: bytes {span}\r\n"
            f"Content-Length: {length}\r\n\r\n"
        ).encode()
