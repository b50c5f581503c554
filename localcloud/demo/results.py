"""What came back: a copy of the results, and the first few answers."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from google.cloud.storage import Client

_WIDTH = 300


def fetch(client: Client, raw_output_uris: Sequence[str], folder: Path) -> list[Path]:
    """Copy every `predictions*.jsonl` of these folders; return the copies."""
    copies = []
    for number, uri in enumerate(raw_output_uris):
        bucket, _, prefix = uri.removeprefix("gs://").partition("/")
        for blob in client.list_blobs(bucket, prefix=prefix):
            name = blob.name.removeprefix(prefix)
            if name.startswith("predictions") and name.endswith(".jsonl"):
                folder.mkdir(parents=True, exist_ok=True)
                copy = folder / (
                    name if len(raw_output_uris) == 1 else f"{number}-{name}"
                )
                blob.download_to_filename(copy)
                copies.append(copy)
    return copies


def answers(copies: Sequence[Path], most: int) -> Iterator[tuple[str, str]]:
    """Yield the key and the answer of the first rows, an error in its place."""
    for copy in copies:
        with copy.open("rb") as lines:
            for line in lines:
                if most == 0:
                    return
                most -= 1
                row = json.loads(line)
                yield str(row.get("key", "(no key)")), _shortened(_answer(row))


def _answer(row: dict[str, Any]) -> str:
    if row.get("status"):
        return f"failed: {row['status']}"
    candidates = row.get("response", {}).get("candidates") or [{}]
    parts = candidates[0].get("content", {}).get("parts", [])
    texts = [
        part.get("text")
        or json.dumps(part.get("functionCall", part), ensure_ascii=False)
        for part in parts
    ]
    return " ".join(texts) or "no answer"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
