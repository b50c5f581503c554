"""
The documentation's project, as it is printed.
"""

from tests.plugin.other_project import OtherProject


def test_the_documentations_tests_pass_in_several_processes(
    project: OtherProject,
) -> None:
    """Each with a local cloud of its own."""
    project.documented("report.py", "test_report.py", "pytest.ini", "conftest.py")

    outcome = project.pytest("-n", "2", "--dist", "load")

    assert outcome.counts() == {"passed": 3}, outcome.text
    assert outcome.code == 0
