"""
The demo's source texts: public-domain books, each cut into named passages.

A file in `texts/` is a header (`Work: ...`, `Author: ...`), an empty line, and
passages that begin with `== name | title | where in the source`. What stands
between two such lines is the passage, verbatim.
"""

from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One passage and what it was taken from."""

    collection: str
    name: str
    title: str
    text: str
    work: str
    author: str
    published: str

    @property
    def quoted(self) -> str:
        """The passage as a prompt shows it, under the line that names its source."""
        source = f"{self.title}. From: {self.work}; {self.author}; {self.published}."
        return f"{source}\n\n{self.text}"


def read_passages(folder: Path = TEXTS) -> dict[str, list[Passage]]:
    """Return every collection's passages, in the order of its file."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.txt"))}


def _read(path: Path) -> list[Passage]:
    head, *sections = path.read_text(encoding="utf-8").split("\n== ")
    header = dict(line.split(": ", 1) for line in head.strip().splitlines())
    passages = []
    for section in sections:
        heading, text = section.split("\n", 1)
        name, title, _where = heading.split(" | ")
        passages.append(
            Passage(
                collection=path.stem,
                name=name,
                title=title,
                text=text.strip("\n"),
                work=header["Work"],
                author=header["Author"],
                published=header["Published"],
            )
        )
    return passages
