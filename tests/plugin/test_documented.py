"""
The documentation's project, as it is printed.
"""

import pytest

from tests.plugin.other_project import OtherProject


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_documentations_tests_pass(
    project: OtherProject, arguments: tuple[str, ...]
) -> None:
    project.documented("report.py", "test_report.py", "pytest.ini", "conftest.py")

    outcome = project.pytest(*arguments)

    assert outcome.counts() == {"passed": 3}, outcome.text
    assert outcome.code == 0
