"""
Makes `requests.jsonl` from the passages in `texts/`, byte for byte the same.

    python -m examples.demo.make_requests [FILE]
"""

import json
import sys
import zlib
from pathlib import Path

from examples.demo.classification import classifications
from examples.demo.extraction import extractions
from examples.demo.function_calls import function_calls
from examples.demo.media_rows import media_rows
from examples.demo.passages import read_passages
from examples.demo.rows import Job
from examples.demo.translation import translations

REQUESTS = Path(__file__).parent / "requests.jsonl"


def jobs() -> list[Job]:
    """Every row of the file, the kinds mixed, in an order that never changes."""
    books = read_passages()
    return sorted(
        [
            *extractions(books),
            *translations(books),
            *classifications(books),
            *function_calls(books),
            *media_rows(),
        ],
        key=lambda job: (zlib.crc32(job.key.encode()), job.key),
    )


def lines() -> str:
    """The file's content."""
    rows = (json.dumps(job.row(), ensure_ascii=False) for job in jobs())
    return "".join(f"{row}\n" for row in rows)


def main() -> None:
    """Write the file that is named, or the demo's own."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    path.write_text(lines(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
