"""The tables of `terraform/README.md` say what the data say, all of it."""

import json
import re

import pytest

from pages.marked_tables import named
from pages.terraform import FOLDER, PAGE, page, tables
from pages.terraform_variables import variables, written_in

GRANTS = json.loads((FOLDER / "grants.json").read_text(encoding="utf-8"))
VARIABLES = written_in(FOLDER)


def test_every_table_has_its_place_in_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert named(text) == tables().keys()


def test_every_grant_is_in_the_page_with_its_reason() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert {each["to"] for each in GRANTS["grants"]} <= {
        *GRANTS["accounts"],
        *GRANTS["agents"],
    }
    for grant in GRANTS["grants"]:
        on = grant["on"].replace("_", " ")
        row = f"| `{grant['to']}` | `{grant['role']}` | {on} | {grant['why']} |"
        assert text.count(f"\n{row}\n") == 1, row


def test_every_role_of_our_own_is_in_the_page_and_no_other() -> None:
    own = [name for name in GRANTS["roles"] if not name.startswith("roles/")]

    assert own
    assert re.findall(r"^\| `(\w+)` ", tables()["roles"], re.MULTILINE) == own


def test_every_variable_is_in_the_page_with_its_description() -> None:
    named = re.findall(r'^variable "(\w+)"', VARIABLES, re.MULTILINE)
    described = re.findall(r'^  description = "(.+)"$', VARIABLES, re.MULTILINE)

    read = variables(VARIABLES)

    assert [each.name for each in read] == named
    assert [each.description for each in read] == described
    for each in read:
        assert f"\n| `{each.name}` | " in f"\n{tables()['variables']}"


def test_what_stands_around_a_table_is_left_as_it_is() -> None:
    text = "before\n<!-- begin roles -->\nold\n<!-- end roles -->\nafter\n"

    written = page(text)

    assert written.startswith("before\n<!-- begin roles -->\n\n| role | title |")
    assert written.endswith("|\n\n<!-- end roles -->\nafter\n")
    assert "old" not in written
    assert page(written) == written


def test_a_table_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="'roles' has no end"):
        page("<!-- begin roles -->\n| role |\n")


def test_a_variable_is_read_as_terraform_formats_it() -> None:
    (read,) = variables(
        'variable "routes" {\n'
        "  type = list(object({\n"
        "    prefix = string\n"
        '    model  = optional(string, "a (b)")\n'
        "    limits = optional(object({\n"
        "      rows = optional(number, 7)\n"
        "    }), {})\n"
        "    labels = optional(map(string), {})\n"
        "  }))\n"
        "  nullable = false\n"
        "  default = [\n"
        '    { prefix = "a/" },\n'
        '    { prefix = "b/" },\n'
        "  ]\n"
        '  description = "A \\"word\\"."\n'
        "\n"
        "  validation {\n"
        "    condition     = true\n"
        '    error_message = "never"\n'
        "  }\n"
        "}\n"
    )

    assert read.type == (
        'list of objects: `prefix`, `model = "a (b)"`, `limits.rows = 7`, `labels = {}`'
    )
    assert read.default == '[ { prefix = "a/" }, { prefix = "b/" } ]'
    assert read.description == 'A "word".'


def test_a_variable_without_a_default_is_required() -> None:
    (read,) = variables(
        'variable "region" {\n  type        = string\n  description = "Where."\n}\n'
    )

    assert (read.type, read.default, read.description) == ("`string`", None, "Where.")
