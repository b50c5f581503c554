"""
One bucket of a storage server, over plain requests.
"""

import itertools
import json
from typing import Any
from urllib.parse import quote

import requests

Json = dict[str, Any]

TOKEN = "a-token"
TIMEOUT_SECONDS = 30


def row(text: str, **beside: Any) -> Json:
    """
    An input row that asks for an answer to a text.
    """
    contents = [{"role": "user", "parts": [{"text": text}]}]
    return {**beside, "request": {"contents": contents}}


class OneBucket:
    """
    Puts objects into `bucket` and gets them out; `http` sends a token.
    """

    storage_url: str

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.bucket = "a-bucket"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {TOKEN}"

    def upload(self, name: str, content: bytes) -> str:
        """
        Put an object into the bucket; its URI.
        """
        self.http.post(
            f"{self.storage_url}/upload/storage/v1/b/{self.bucket}/o",
            params={"uploadType": "media", "name": name},
            data=content,
            timeout=TIMEOUT_SECONDS,
        ).raise_for_status()
        return f"gs://{self.bucket}/{name}"

    def upload_rows(self, *rows: Json) -> str:
        lines = "".join(json.dumps(each) + "\n" for each in rows)
        return self.upload(f"in/{next(self._numbers)}.jsonl", lines.encode())

    def names(self, prefix: str) -> list[str]:
        answer = self.http.get(
            f"{self.storage_url}/storage/v1/b/{self.bucket}/o",
            params={"prefix": prefix},
            timeout=TIMEOUT_SECONDS,
        ).json()
        return [item["name"] for item in answer.get("items", [])]

    def download(self, uri: str) -> bytes:
        name = quote(uri.removeprefix(f"gs://{self.bucket}/"), safe="")
        answer = self.http.get(
            f"{self.storage_url}/storage/v1/b/{self.bucket}/o/{name}?alt=media",
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        return answer.content
