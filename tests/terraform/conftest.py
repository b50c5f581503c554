"""
Terraform, for tests: found, set up, and run in copies.
"""

import pytest

from tests.needs import lack, program
from tests.terraform.installing import is_installed


@pytest.fixture(scope="session")
def terraform() -> str:
    """
    Terraform's path. Where it or its providers are missing, tests are skipped, and fail
    with CI=true.
    """
    path = program("terraform")
    if not is_installed():
        lack("Terraform's providers are not set up (make terraform)")
    return path
