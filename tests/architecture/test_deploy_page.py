"""What the pages about the deployment name is there, under that name."""

import json
import re
from pathlib import Path

import pytest

from pages.terraform_variables import variables, written_in

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "terraform"
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
WRITTEN = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(TERRAFORM.glob("*.tf"))
)
PAGES = [
    "docs/deploy.md",
    "docs/costs.md",
    "docs/quotas.md",
    "terraform/README.md",
]


def headings(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).lower().replace(" ", "-") for line in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text)

    for to, anchor in links:
        target = (ROOT / page).parent / to if to else ROOT / page
        assert target.is_file(), to
        if anchor:
            assert anchor in headings(target.read_text(encoding="utf-8")), anchor


def test_every_output_that_the_page_shows_is_one() -> None:
    outputs = re.findall(r'^output "(\w+)"', WRITTEN, re.MULTILINE)
    shown = re.findall(r"chdir=terraform output (?:-raw )?(\w+)", DEPLOY)
    shown += re.findall(r"module\.dropbatch\.(\w+)", DEPLOY)

    assert shown
    assert set(shown) <= set(outputs)


def test_every_variable_that_the_page_sets_is_one() -> None:
    known = {each.name: each.type for each in variables(written_in(TERRAFORM))}
    (example,) = re.findall(r"```hcl\n(project_id.*?)```", DEPLOY, re.DOTALL)
    set_in_commands = re.findall(r"-var (\w+)=", DEPLOY)
    set_in_file = re.findall(r"^(\w+) += ", example, re.MULTILINE)

    assert {*set_in_commands, *set_in_file} <= known.keys()
    for of, field in re.findall(r"`(retention|times)\.(\w+)", DEPLOY):
        assert f"`{field} = " in known[of], field
    for line in re.findall(r"^  \{ (.+) \},$", example, re.MULTILINE):
        flat = re.sub(r"\{.*?\}", "{}", line)
        for field in re.findall(r"(\w+) = ", flat):
            assert re.search(rf"`{field}[ .`]", known["routes"]), field


def test_what_terraform_shall_forget_has_that_address() -> None:
    forgotten = re.findall(r"state rm ['\"](google_\w+)\.(\w+)\[", DEPLOY)

    assert len(forgotten) == 3
    for kind, name in forgotten:
        assert f'resource "{kind}" "{name}" {{' in WRITTEN


def test_a_destroy_beside_others_can_spare_every_grant_of_googles_agents() -> None:
    """All that they have on the project, and nothing of our own accounts."""
    data = json.loads((TERRAFORM / "grants.json").read_text(encoding="utf-8"))
    spared = re.findall(r"'(\w+ roles/[\w.]+)'", DEPLOY)

    assert spared == [
        f"{each['to']} {each['role']}"
        for each in data["grants"]
        if each["to"] in data["agents"] and each["on"] == "project"
    ]


def test_every_bucket_with_data_is_emptied_before_a_destroy() -> None:
    (emptied,) = re.findall(r"for role in (.+); do", DEPLOY)
    (roles,) = re.findall(r'for role in \[(.+, "source")\] :', WRITTEN)
    by_terraform = "source"

    assert [*emptied.split(), by_terraform] == re.findall(r"\w+", roles)


def test_the_waits_are_as_long_as_the_page_says() -> None:
    seconds = re.findall(r'create_duration = "(\d+)s"', WRITTEN)
    minutes = re.findall(r"^\| a wait \| (\d+) min \|", DEPLOY, re.MULTILINE)

    assert sorted(seconds, key=int) == [str(60 * int(each)) for each in minutes]


def test_terraform_is_as_new_as_the_page_says() -> None:
    (least,) = re.findall(r'required_version = ">= (.+)"', WRITTEN)

    assert f"| {least} or newer |" in DEPLOY
