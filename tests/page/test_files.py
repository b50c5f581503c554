"""
The page's files, read as text: what no test in a browser could tell for sure.
"""

import re
from importlib.resources import files
from itertools import product

import pytest

STATIC = files("localcloud.page") / "static"
SCRIPTS = sorted(
    (each for each in STATIC.iterdir() if each.name.endswith(".js")),
    key=lambda each: each.name,
)
# Text on ground, by their names in the style sheet.
PAIRS = [
    *product(("ink", "dim", "accent"), ("ground", "surface")),
    ("ink", "raised"),
    ("dim", "raised"),
    ("accent", "accent-soft"),
    *((tone, f"{tone}-soft") for tone in ("busy", "good", "odd", "bad")),
]


def test_there_is_something_to_check() -> None:
    assert len(SCRIPTS) >= 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_text_has_no_way_to_become_html(script: object) -> None:
    text = (STATIC / script.name).read_text()  # type: ignore[attr-defined]  # a file

    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "createContextualFragment",
        "DOMParser",
        "eval(",
        "Function(",
        "javascript:",
    ):
        assert way not in text


def test_no_file_names_another_host() -> None:
    for each in STATIC.iterdir():
        text = each.read_text()
        # A name of XML, and commands that are shown for the user to copy.
        text = text.replace("http://www.w3.org/2000/svg", "")
        text = re.sub(r"https://storage\.googleapis\.com/", "", text)
        assert not re.search(r"https?://|//[a-z]+\.", text), each.name


def test_the_page_has_no_script_and_no_style_of_its_own_inside() -> None:
    text = (STATIC / "index.html").read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", text)


def luminance(colour: str) -> float:
    # https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(
        r":root \{(.*?)\}", (STATIC / "style.css").read_text(), re.DOTALL
    )
    found = re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light)
    if scheme == "dark":
        found += re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark)
    return dict(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    """
    4.5 to 1, as WCAG 2.2 (1.4.3, AA) asks for.
    """
    known = colours(scheme)

    assert contrast(known[text], known[ground]) >= 4.5
