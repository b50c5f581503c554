"""
Takes the picture of the page that the docs show: `make screenshot`.

The cloud in it is real: drops that came to all their ends, one under way, and one
that waits because a fault is on.
"""

import argparse
import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.page.chromium import chromium
from tests.page.dropping import ask, drop, put
from tests.running_cloud import RunningCloud, running_cloud, wait_until

DEMO = Path(__file__).parents[2] / "examples" / "demo"
SIZE = {"width": 1180, "height": 524}
_BROKEN = b'{"request": {"contents": []\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="the PNG file to write")
    given = parser.parse_args()
    with (
        # The folder is in the picture.
        new_folder(Path(tempfile.gettempdir()) / "dropbatch-picture") as folder,
        # Long enough to be met half way.
        running_cloud(folder / "local", "--speed", "0.7") as cloud,
        chromium() as browser,
    ):
        fill(cloud)
        page = browser.new_page(
            viewport=SIZE,  # type: ignore[arg-type]  # a dict of its own kind
            device_scale_factor=1.5,
            color_scheme="light",
        )
        page.goto(cloud.told["page"])
        page.get_by_text("Live", exact=True).wait_for()
        under_way(cloud)
        page.get_by_text("held").wait_for()
        page.screenshot(path=given.file)


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """
    Make a folder, and remove it in the end; FileExistsError if it is there.
    """
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def fill(cloud: RunningCloud) -> None:
    """
    Let drops come to all their ends.
    """
    for media in sorted((DEMO / "media").iterdir()):
        put(cloud, "dropbatch-local-media", media.name, media.read_bytes())
    requests = (DEMO / "requests.jsonl").read_bytes()
    drop(cloud, "demo/broken.jsonl", _BROKEN)
    until(cloud, "demo/broken.jsonl", lambda each: each["ended"])
    for name, fault, share in (
        ("demo/catalogue-cards.jsonl", "system-error", 1),
        ("demo/recipes.jsonl", "rows-failed", 2),
        ("demo/requests.jsonl", None, 1),
    ):
        if fault:
            switch_on(cloud, fault, times=1)
        lines = requests.splitlines(keepends=True)
        drop(cloud, name, b"".join(lines[: len(lines) // share]))
        until(cloud, name, lambda each: each["ended"])


def under_way(cloud: RunningCloud) -> None:
    """
    Let one drop wait and another be at work.
    """
    lines = (DEMO / "requests.jsonl").read_bytes().splitlines(keepends=True)
    drop(cloud, "demo/fables.jsonl", b"".join(lines[:240]))
    until(cloud, "demo/fables.jsonl", lambda each: each["job"])
    switch_on(cloud, "create-quota")
    drop(cloud, "demo/letters.jsonl", b"".join(lines[:90]))
    until(cloud, "demo/letters.jsonl", lambda each: each["state"] == "held")
    until(cloud, "demo/fables.jsonl", lambda each: each["job"]["succeeded"] > 90)


def switch_on(cloud: RunningCloud, name: str, **more: Any) -> None:
    body = json.dumps({"name": name, **more}).encode()
    ask(cloud, "POST", "/admin/faults", body, **{"Content-Type": "application/json"})


def until(
    cloud: RunningCloud, name: str, holds: Callable[[dict[str, Any]], Any]
) -> None:
    """
    Wait until something holds of a drop.
    """

    def does() -> bool:
        drops = json.loads(ask(cloud, "GET", "/admin/state/drops"))["drops"]
        return any(each["name"] == name and holds(each) for each in drops)

    wait_until(does, 60)


if __name__ == "__main__":
    main()
